"""A7-like: quotes and notices in the hands of those who would gain from other figures."""

from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest
from django.test import Client

from fees.selectors import assessment_for
from fees.signing import notice_code
from singlewindow.kernel import clock
from tests.factories.clearance import lodged, trader_rich
from tests.factories.declarations import import_json

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

QUOTES, VERIFY = "/api/v1/quotes", "/api/v1/quotes/verify"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def post(path, body):
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return Client().generic("POST", path, data, "application/json")


def test_no_change_of_a_quote_survives_whichever_leaf_it_is_made_at():
    with clock.frozen(AT):
        answer = post(QUOTES, import_json(2))
        signature = answer["Quote-Signature"]
        whole = answer.json()
        leaves = list(_leaves(whole))
        assert len(leaves) > 80
        for path in leaves[::7]:
            told = post(VERIFY, {"quote": _changed(whole, path), "signature": signature}).json()
            assert told == {"genuine": False, "reason": "content"}, path
        assert post(VERIFY, {"quote": whole, "signature": signature}).json()["genuine"]


def _leaves(value, path=()):
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, (*path, name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _leaves(part, (*path, place))
    else:
        yield path


def _changed(whole, path):
    copy = orjson.loads(orjson.dumps(whole))
    part = copy
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = "1" if part[path[-1]] != "1" else "2"
    return copy


@pytest.mark.parametrize(
    "more",
    [{"extra": "1"}, {"total ": "1"}, {"Total": "1"}, {"due": {}}],
    ids=["a member more", "a name with a space", "another case", "nothing due"],
)
def test_members_added_to_a_quote_are_seen(more):
    with clock.frozen(AT):
        answer = post(QUOTES, import_json(1))
        told = post(VERIFY, {"quote": answer.json() | more, "signature": answer["Quote-Signature"]}).json()
    assert told == {"genuine": False, "reason": "content"}


def test_two_totals_in_one_quote_are_refused_rather_than_one_of_them_chosen():
    with clock.frozen(AT):
        answer = post(QUOTES, import_json(1))
    text = answer.content.decode()
    doubled = text[:-1] + ',"total":"1"}'
    body = f'{{"quote":{doubled},"signature":"{answer["Quote-Signature"]}"}}'.encode()
    refused = post(VERIFY, body)
    assert (refused.status_code, refused.json()["code"]) == (400, "json.duplicate_key")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"quote":{"a":"' + b"x" * 1_100_000 + b'"},"signature":"a.b.c"}', 413),
        (b'{"quote":{"a":' + b"9" * 400 + b'},"signature":"a.b.c"}', 400),
        (b'{"quote":{"a":1e999},"signature":"a.b.c"}', 400),
        (b'{"quote":' + b'{"a":' * 70 + b'"b"' + b"}" * 70 + b',"signature":"a.b.c"}', 400),
    ],
    ids=["a tower of brackets", "too large", "a number without end", "infinity", "too deep"],
)
def test_huge_and_broken_bodies_are_refused_before_anything_is_computed(body, status):
    answer = post(VERIFY, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_a_quote_with_amounts_beyond_all_reason_is_a_number_or_a_refusal_and_never_a_fault():
    for amount in ("9" * 12 + ".99", "9" * 17, "0.000000000001", "-1", "1e9", "NaN", "Infinity"):
        body = import_json(1)
        body["items"][0]["price"] = {"amount": amount, "currency": "EUR"}
        answer = post(QUOTES, body)
        assert answer.status_code in {200, 400, 422}, (amount, answer.content[:300])
        if answer.status_code == 200:
            assert Decimal(answer.json()["total"]) >= 0


def test_the_code_of_one_notice_opens_no_other():
    trader = trader_rich("ZZIMP0009", "Another")
    views = [assessment_for(lodged(trader)), assessment_for(lodged(trader))]
    one, other = (notice_code(view.id) for view in views)
    mixed = one[:22] + other[22:]
    assert Client().get(f"/check/{mixed}").status_code == 404
    assert Client().get(f"/check/{one}").status_code == 200
