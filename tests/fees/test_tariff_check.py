"""FE-CTL: goods that the tariff forbids, or lets in with a document only, at the door."""

from typing import Any

import pytest

from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.services.lodgement import tariff_check, tariff_check_needed
from singlewindow.kernel.errors import RuleViolated
from tests.factories import accounts
from tests.factories import fees as make
from tests.factories.declarations import import_json, import_message
from tests.factories.tariff import changed, files

pytestmark = pytest.mark.django_db

DUTY = "duty,,090121,1011,import,"
FORBIDDEN = (
    'prohibition,,851671,CN,import,,,HALF_UP,"Appliances (Safety) Act 2024, section 3",CUS,2024-01-01,,,,'
    "B 9Y01 allow; B - refuse,\n"
)
NEEDS = 'requirement,,851671,BD,import,,,HALF_UP,"Appliances Order 2025",{},2025-01-01,,,,B 9L01 allow; B - refuse,\n'


@pytest.fixture
def fresh(loaded: Any, settings: Any) -> None:
    """The tariff that stands in the process is read anew at each question."""
    settings.REFERENCE_CHECK_SECONDS = 0


def law(*rows: str) -> None:
    changed(files(("measures.csv", DUTY, "".join(rows) + DUTY)))


def message(origin: str = "CN", *documents: str, **changes: Any) -> Any:
    whole = import_json(1)
    whole["items"][0] |= {"origin": origin, "documents": [{"code": code} for code in ("N935", *documents)]} | changes
    return import_message().model_validate(whole)


def found(asked: Any) -> list[tuple[str, str]]:
    return [(one.rule, one.pointer) for one in tariff_check(asked, accounts.actor())]


def test_FE_CTL_01_forbidden_goods_are_refused_with_the_law_and_the_document_that_would_exempt_them(fresh):
    law(FORBIDDEN)
    (refusal,) = tariff_check(message(), accounts.actor())
    assert (refusal.rule, refusal.pointer) == ("FE-CTL-01", "/items/0/commodity_code")
    assert "Appliances (Safety) Act 2024, section 3" in refusal.message
    assert "9Y01" in refusal.remedy
    assert found(message("KE")) == []
    assert found(message("CN", "9Y01")) == []


@pytest.mark.parametrize(
    ("authority", "documents", "rules"),
    [("CUS", (), [("FE-CTL-02", "/items/0/documents")]), ("CUS", ("9L01",), []), ("PHY", (), [])],
)
def test_FE_CTL_02_a_document_that_customs_asks_for_is_shown_at_lodgement_and_other_authorities_hold_instead(
    fresh, authority, documents, rules
):
    law(NEEDS.format(authority))
    assert found(message("BD", *documents)) == rules


def test_FE_CTL_01_a_refused_declaration_leaves_nothing_and_is_told_all_at_once(fresh):
    law(FORBIDDEN)
    trader = accounts.organisation()
    actor = accounts.actor(of=trader)
    with pytest.raises(RuleViolated) as error:
        declaration_lodge(message=message(), actor=actor, channel=Channel.JSON)
    assert "FE-CTL-01" in {violation.rule for violation in error.value.violations}


def test_without_any_control_in_the_tariff_nobody_has_to_ask(fresh):
    assert list(tariff_check_needed([message(), message()])) == [0, 1]
    without = make.tariff(make.measure("duty", "5 %"))
    assert not without.has_controls
    assert make.tariff(make.measure("prohibition", "free")).has_controls


def test_FE_CTL_02_the_shipped_tariff_asks_for_a_certificate_of_apples_and_takes_it(fresh):
    apples = {"commodity_code": "0808100000"}
    assert found(message("CL", **apples)) == [("FE-CTL-02", "/items/0/documents")]
    assert found(message("CL", "N002", **apples)) == []
