"""What the benchmarks print and what their limit writes are right; how long things take is not asked here."""

import pytest

from benchmarks.figures import Spread, percentile, ratios
from benchmarks.limit import statement
from benchmarks.traces import Column, Written

UUID = "01a205bd-0757-706f-8b4d-190e1fae0183"


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(1, 101)], share) == value


def test_a_ratio_is_taken_round_by_round() -> None:
    assert ratios([2.0, 9.0, 4.0], [1.0, 3.0, 4.0]) == Spread(2.0, 1.0, 3.0)


def test_the_limit_makes_each_name_of_the_declaration_new_and_numbers_nothing_itself() -> None:
    columns = (Column("id", "bigint", True), Column("dedup_key", "character varying(160)", False))
    job = Written("jobs_job", columns, (("7", f"decide:{UUID}:lodged"),), 0)
    declaration = Written("declaration", (Column("id", "uuid", False),), ((UUID,),), 0)
    sql = statement([declaration, job], {UUID: "uuidv7()"})
    assert sql.count("uuidv7()") == 1
    assert f"replace(c1, '{UUID}', d." in sql
    assert '"jobs_job" ("dedup_key")' in sql


def test_no_literal_of_the_limit_holds_what_pgbench_takes_for_a_variable() -> None:
    told = Written("event", (Column("data", "jsonb", False),), (('{"released":true,"why":"it\'s \\\\ fine"}',),), 0)
    assert ":true" not in statement([told], {"X": "uuidv7()"})
