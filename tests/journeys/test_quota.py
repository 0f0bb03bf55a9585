"""A quota runs out on a Friday across three offices in different zones; Monday a return serves the next."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from clearance.models import Case
from clearance.rules.disputes import Alternative
from clearance.services.changes import change_decision
from clearance.services.disputes.accepting import dispute_accept
from clearance.services.disputes.opening import dispute_open
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.models import Assessment, AssessmentLine, Demand, FiscalStatus, Posting
from fees.selectors import account_of, ledger_total
from fees.services import account_credit
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.quotas.models import Entry, Quota, Run
from singlewindow.quotas.selectors import quota_shares, quotas_out_of_balance
from singlewindow.quotas.services.book import day_over
from singlewindow.reference.models import OfficeEntry
from singlewindow.reference.selectors import reference_refresh
from tests.factories import accounts, changes
from tests.factories.declarations import import_json, item_json
from tests.factories.guarantees import CODE, guarantee

pytestmark = pytest.mark.django_db
Jobs = Callable[[], None]

FRIDAY = date(2027, 6, 4)
MONDAY = date(2027, 6, 7)
ZONES = {"ZZ000101": "Pacific/Auckland", "ZZ000201": "Africa/Nairobi", "ZZ000301": "America/Los_Angeles"}
AUCKLAND, NAIROBI, LOS_ANGELES = ZONES
"""The offices, by where their clocks are in this journey."""
FRIDAY_AFTERNOON = {
    AUCKLAND: datetime(2027, 6, 4, 4, 0, tzinfo=UTC),
    NAIROBI: datetime(2027, 6, 4, 13, 0, tzinfo=UTC),
    LOS_ANGELES: datetime(2027, 6, 4, 23, 0, tzinfo=UTC),
}
"""Four in the afternoon of one and the same Friday at each of them."""


@pytest.fixture
def quota(country: None) -> Iterator[Quota]:
    """The sugar quota of the year, of which 1000 kg are left, and offices on three clocks."""
    call_command("load_reference", verbosity=0)
    for code, zone in ZONES.items():
        OfficeEntry.objects.filter(code=code).update(time_zone=zone)
    reference_refresh()
    call_command("load_quotas", verbosity=0)
    quota = Quota.objects.get(order_number="090003", period_from=date(2027, 1, 1))
    Quota.objects.filter(pk=quota.pk).update(initial=1000, volume=1000, balance=1000)
    yield quota
    reference_refresh()


def sugar(trader: Organisation, kilograms: str, office: str, at: datetime, grn: str = "") -> UUID:
    """Lodge goods that are there, to be paid or secured on a guarantee; they are decided as soon as the jobs run."""
    row: dict[str, Any] = item_json(
        1,
        commodity_code="1701990010",
        description="White sugar, refined",
        origin="BR",
        net_mass_kg=kilograms,
        gross_mass_kg=str(Decimal(kilograms) + 10),
        price={"amount": "10000", "currency": "EUR"},
        quota_order_number="090003",
    )
    whole = import_json(1) | {
        "items": [row],
        "office": office,
        "invoice_total": {"amount": "10000", "currency": "EUR"},
        "total_gross_mass_kg": row["gross_mass_kg"],
    }
    if grn:
        row["duty_claims"] = [{"tax_type": "A00", "method": "R"}]
        whole["guarantees"] = [{"id": grn, "security_code": "1", "access_code": CODE}]
    actor = accounts.actor(Role.TRADER, of=trader)
    with clock.frozen(at):
        return declaration_lodge(message=DeclarationMessage.model_validate(whole), actor=actor, channel=Channel.JSON).id


def settle(day: date, jobs_done: Jobs) -> None:
    """Let the settlement of a day come, and what follows from it."""
    at = day_over(day)
    with clock.frozen(at):
        Job.objects.filter(kind="quotas.allocate", not_before__lte=at).update(not_before=datetime.now(UTC))
        jobs_done()


def balance_of(trader: Organisation) -> int:
    account = account_of(trader.pk, currency="EUR")
    assert account is not None
    return account.balance_minor


def duty_of(declaration_id: UUID) -> Decimal:
    """Duty of the newest assessment: half at the rate of the quota and half at the one without it, or all without."""
    newest = Assessment.objects.filter(declaration_id=declaration_id).order_by("-version")[0]
    lines = AssessmentLine.objects.filter(assessment=newest, tax_type="A00").values_list("amount_minor", flat=True)
    return Decimal(sum(lines))


def security() -> int:
    rows = Posting.objects.filter(account__kind="security").values_list("amount_minor", flat=True)
    return sum(rows)


def state_of(declaration_id: UUID) -> str:
    return Declaration.objects.get(pk=declaration_id).legal_state


def test_a_quota_that_runs_out_on_a_friday_is_shared_by_the_day_of_each_office(
    quota: Quota, importer: Organisation, jobs_done: Jobs
) -> None:
    friday: dict[str, UUID] = {}
    for (office, at), kilograms in zip(FRIDAY_AFTERNOON.items(), ("500", "700", "800"), strict=True):
        friday[office] = sugar(importer, kilograms, office, at)
        with clock.frozen(at):
            jobs_done()
    saturday = sugar(importer, "100", AUCKLAND, datetime(2027, 6, 4, 13, 0, tzinfo=UTC))
    with clock.frozen(FRIDAY_AFTERNOON[LOS_ANGELES]):
        jobs_done()

    days = dict(Entry.objects.filter(kind="claim").values_list("declaration_id", "accepted_on"))
    assert {days[one] for one in friday.values()} == {FRIDAY}, "the same Friday, nineteen hours apart"
    assert days[saturday] == date(2027, 6, 5), "at the same instant it was Saturday in Auckland"
    quota.refresh_from_db()
    assert (quota.balance, quota.pending, quota.state) == (1000, 2100, "critical")
    secured = Entry.objects.filter(kind="claim").order_by("id").values_list("secured", flat=True)
    assert list(secured) == [False, True, True, True]

    with clock.frozen(datetime(2027, 6, 5, 6, 0, tzinfo=UTC)):  # Friday, 23:00 in Los Angeles: nothing is settled
        jobs_done()
    assert not Run.objects.exclude(done_at=None).exists()
    settle(FRIDAY, jobs_done)
    settle(date(2027, 6, 5), jobs_done)

    granted = {one.declaration_id: one.quantity for one in Entry.objects.filter(kind="allocate")}
    assert [granted[friday[office]] for office in ZONES] == [250, 350, 400]
    assert sum(granted.values()) == 1000, "used to the last kilogram, and not beyond"
    assert granted[saturday] == 0, "the day after gets what is left: nothing"
    assert {quota_shares(one)[1] for one in friday.values()} == {Decimal("0.5")}
    quota.refresh_from_db()
    assert (quota.balance, quota.pending, quota.state) == (0, 0, "exhausted")
    assert quotas_out_of_balance() == []

    first = Case.objects.get(pk=friday[AUCKLAND])
    assert {state_of(one) for one in [*friday.values(), saturday]} == {"CLEARED"}
    assert security() == 0, "what was secured for the critical quota is used or freed"
    assert duty_of(friday[AUCKLAND]) == duty_of(friday[NAIROBI]) == duty_of(friday[LOS_ANGELES])
    shared = duty_of(saturday) / Decimal("0.35") * (Decimal("0.10") + Decimal("0.35")) / 2
    assert abs(duty_of(friday[NAIROBI]) - shared) < 1, "half at ten per cent and half at thirty-five, to the cent"
    assert first.amount_minor == Case.objects.get(pk=friday[NAIROBI]).amount_minor, "the same value at the same share"
    told = PartyEvent.objects.filter(organisation=importer, type="quota_settled").values_list("subject_id", flat=True)
    assert set(told) == {str(one) for one in [*friday.values(), saturday]}
    assert ledger_total() == 0

    _monday(quota, importer, friday[LOS_ANGELES], jobs_done)


def _monday(quota: Quota, importer: Organisation, returned: UUID, jobs_done: Jobs) -> None:
    """Less came in than was declared, which is found on Monday: what comes back serves the next claim alone."""
    at = datetime(2027, 6, 7, 9, 0, tzinfo=UTC)
    shares = {one: quota_shares(one) for one in Declaration.objects.values_list("pk", flat=True)}
    early = sugar(importer, "100", NAIROBI, at - timedelta(hours=1))
    with clock.frozen(at - timedelta(hours=1)):
        jobs_done()
    assert quota_shares(early) == {1: 0}, "nothing is left to claim"
    with clock.frozen(at):
        content = declaration_snapshot(returned).message.canonical()
        content["items"][0] |= {"net_mass_kg": "100", "gross_mass_kg": "110"}
        lighter = DeclarationMessage.model_validate(content | {"total_gross_mass_kg": "110"})
        asked = changes.amend(returned, accounts.actor(Role.TRADER, of=importer), lighter)
        change_decision(
            actor=accounts.actor(Role.OFFICER), declaration_id=returned, number=asked.number, grant=True, reason="Seen."
        )
    assert quota_shares(returned) == {1: 1}, "a hundred of the four hundred kilograms that it had, and all it needs"
    quota.refresh_from_db()
    assert (quota.balance, quota.pending, quota.state) == (300, 0, "open")
    next_one = sugar(importer, "250", NAIROBI, at + timedelta(hours=1))
    with clock.frozen(at + timedelta(hours=1)):
        jobs_done()
    settle(MONDAY, jobs_done)
    assert quota_shares(next_one) == {1: 1}
    quota.refresh_from_db()
    assert (quota.balance, quota.pending) == (50, 0)
    kept = {one: quota_shares(one) for one in shares if one != returned}
    assert kept == {one: share for one, share in shares.items() if one != returned}
    assert quotas_out_of_balance() == []
    assert ledger_total() == 0
    assert balance_of(importer) > 0


@pytest.mark.parametrize(("spare", "state"), [(1_000_000, "SECURED"), (100, "FINAL")], ids=["bears it", "too small"])
def test_QU_SET_03_what_a_guarantee_holds_follows_the_share_and_what_it_does_not_bear_is_demanded(
    quota: Quota, importer: Organisation, jobs_done: Jobs, spare: int, state: str
) -> None:
    at = FRIDAY_AFTERNOON[NAIROBI]
    held = guarantee(importer, limit_minor=2_000_000)
    first = sugar(importer, "500", NAIROBI, at, held.grn)
    with clock.frozen(at):
        jobs_done()
        sugar(importer, "1500", NAIROBI, at)
        jobs_done()
    before = FiscalStatus.objects.get(pk=first)
    assert (before.state, reserved(first)) == ("SECURED", before.total_minor)
    Guarantee.objects.filter(pk=held.pk).update(limit_minor=before.total_minor + spare)

    settle(FRIDAY, jobs_done)
    after = FiscalStatus.objects.get(pk=first)
    assert quota_shares(first) == {1: Decimal("0.5")}
    assert after.total_minor > before.total_minor
    assert after.state == state
    paid = sum(
        Posting.objects.filter(account__kind="authority", transaction__declaration_id=first).values_list(
            "amount_minor", flat=True
        )
    )
    demanded = sum(Demand.objects.filter(declaration_id=first).values_list("amount_minor", flat=True))
    assert reserved(first) + paid + demanded == after.total_minor
    assert (reserved(first) > 0) == (state == "SECURED")
    assert ledger_total() == 0


def test_QU_SET_03_beside_a_dispute_what_the_quota_asked_for_stays_secured_until_the_difference_is_borne(
    quota: Quota, jobs_done: Jobs
) -> None:
    at, filer = FRIDAY_AFTERNOON[NAIROBI], accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd")
    row = guarantee(filer, limit_minor=100_000_000)
    with clock.frozen(at):
        first = sugar(filer, "2000", NAIROBI, at)
        jobs_done()
        told = {"alternatives": [Alternative(item=1, price=Decimal(20_000))], "statement": "Dearer.", "law": "Act, 30"}
        dispute = dispute_open(actor=accounts.actor(Role.OFFICER), declaration_id=first, **told)
        account_credit(
            organisation_id=filer.pk,
            amount=Decimal(dispute.declared_minor) / 100,
            currency="EUR",
            reference="declared",
            actor=system_actor("tests"),
        )
        giving = accounts.actor(Role.TRADER, of=filer)
        assert dispute_accept(actor=giving, declaration_id=first, grn=row.grn, access_code=CODE).release
    held = {one.purpose: one.open_minor for one in reserved_for(first)}
    assert set(held) == {"security", "dispute"}
    settle(FRIDAY, jobs_done)
    assert quota_shares(first) == {1: Decimal("0.5")}
    assert balance_of(filer) == 0
    assert {one.purpose: one.open_minor for one in reserved_for(first)} == held


def reserved(declaration_id: UUID) -> int:
    return sum(one.open_minor for one in reserved_for(declaration_id))
