"""Hostile requests to revenue: nothing of them is kept, and none of them is a server error."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from fees.models import Posting
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.kernel.errors import NotPermitted, RuleViolated
from singlewindow.kernel.identifiers import uuid7
from singlewindow.revenue.models import Claim, Deferment, YieldSet
from singlewindow.revenue.services import YieldRow, claim_approve, deferment_change, yields_set
from tests.factories import accounts
from tests.factories import revenue as make
from tests.journeys.conftest import country, importer, jobs_done

__all__ = ["country", "importer", "jobs_done"]
pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"kind":"repayment"}',
        b'{"kind":"repayment","text":"a\\u0000b","mrn":"26ZZ00000000000A71"}',
        b'{"kind":"drawback","text":"x","mrn":"26ZZ00000000000A71","exits":[{"basis":"unused","import_item":1,'
        b'"export_item":1,"quantity":"1e30"}]}',
        b'{"kind":"repayment","kind":"drawback","text":"x"}',
        b'{"kind":"repayment","text":"x","mrn":"' + b"A" * 5000 + b'"}',
        b'{"kind":"repayment","text":"' + b"x" * 200_000 + b'"}',
    ],
    ids=["empty", "list", "null", "bare", "nul", "exponent", "twice", "long", "large"],
)
def test_a_claim_that_cannot_be_read_is_refused_and_leaves_nothing(body: bytes) -> None:
    token = accounts.token(of=accounts.organisation(), scopes="claims")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid7())}
    answer = Client().post("/api/v1/claims", body, content_type="application/json", headers=headers)
    assert 400 <= answer.status_code < 500
    assert Claim.objects.count() == 0


def test_an_address_that_is_no_id_is_not_found() -> None:
    token = accounts.token(of=accounts.organisation(), scopes="claims account payments")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    client = Client()
    for path in ("/api/v1/claims/1", "/api/v1/claims/%00", "/api/v1/deferments/statements/x"):
        assert client.get(path, headers=headers).status_code == 404
    answer = client.post(
        f"/api/v1/deferments/statements/{uuid7()}/payment",
        json.dumps({"amount": "0.01"}),
        content_type="application/json",
        headers=headers,
    )
    assert answer.status_code == 404


def test_form_fields_that_nobody_asked_for_change_nothing(importer: Any, jobs_done: Any) -> None:
    declaration = make.released(importer, jobs_done)
    trader = accounts.user(Role.TRADER, of=importer)
    form = {
        "reason_code": "overcharged",
        "text": "x",
        "amount_1_A00": "1.00",
        "approved_minor": "99999",
        "state": "paid",
        "claimant": str(uuid7()),
    }
    answer = signed_in(trader).post(f"/claims/new?mrn={declaration.mrn}", form)
    assert answer.status_code in (302, 422)
    for claim in Claim.objects.all():
        assert (claim.state, claim.approved_minor, claim.claimant_id) == ("filed", None, importer.pk)
    for amount in ("-1", "NaN", "Infinity", "1e400", "1,00", "\u0661"):
        before = Claim.objects.count()
        answer = signed_in(trader).post(f"/claims/new?mrn={declaration.mrn}", form | {"amount_1_A00": amount})
        assert answer.status_code in (302, 422), amount
        if answer.status_code == 422:
            assert Claim.objects.count() == before


def test_a_trader_cannot_decide_by_any_door(importer: Any, jobs_done: Any) -> None:
    trader = accounts.user(Role.TRADER, of=importer)
    client, postings = signed_in(trader), Posting.objects.count()
    for path in ("/revenue/claims", "/revenue/provisional", "/deferments", "/revenue/yields", "/deferments/new"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"act": "approve"}).status_code in (404, 405)
    with pytest.raises(NotPermitted):
        claim_approve(claim_id=uuid7(), actor=actor_of_user(trader))
    with pytest.raises(NotPermitted):
        deferment_change(deferment_id=uuid7(), action="end", reason="x", actor=actor_of_user(trader))
    assert Posting.objects.count() == postings
    assert Deferment.objects.count() == 0


@pytest.mark.parametrize("quantity", ["NaN", "Infinity", "1e18", "0.0000001", "-1"])
def test_yields_that_are_no_quantity_are_refused(quantity: str) -> None:
    with pytest.raises(RuleViolated):
        yields_set(
            authorisation="A",
            holder_id=accounts.organisation().pk,
            valid_from=date(2026, 1, 1),
            rows=[YieldRow("8516", "8516", Decimal(quantity))],
            reason="x",
            actor=accounts.actor(Role.SUPERVISOR),
        )
    assert YieldSet.objects.count() == 0
