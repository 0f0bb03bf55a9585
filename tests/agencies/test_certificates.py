"""Certificates of other countries: read, kept in versions, matched in either order, flagged (F43, AG-080 to AG-085)."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from agencies.models import CertificateCitation, ForeignCertificate, Hold, LpcoNeed
from agencies.rules.sps import certificate_read
from agencies.services import certificate_receive, holds_open, permits_free, permits_reserve
from agencies.services.arrivals import certificate_arrived
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_accept, declaration_lodge
from declarations.types import Channel, DeclarationSnapshot
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock, safe_xml
from singlewindow.kernel.errors import Conflict, FormatRefused, NotFound, NotPermitted, RuleViolated
from tests.factories import accounts, agencies
from tests.factories.agencies import oranges, snapshot
from tests.factories.certificates import number_new, sps_xml

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")
NOW_DAY = "20260520"


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def officer() -> Actor:
    agencies.certificate_kind()
    return accounts.actor(Role.AGENCY_OFFICER, agency="PHY")


def received(officer: Actor, **parts) -> ForeignCertificate:
    with unit_of_work() as work:
        return certificate_receive(work, body=sps_xml(**parts), actor=officer)


def naming(number: str, **item) -> dict:
    return {"documents": [{"code": "N851", "id": number}], **item}


def accepted(trader: Organisation, *items: dict, at=None) -> DeclarationSnapshot:
    """A declaration that is taken in and accepted, with what came of the certificates that it names."""
    message = oranges(*items, trader=trader.identifier)
    lodged = declaration_lodge(message=message, actor=accounts.actor(of=trader), channel=Channel.JSON)
    at = at or clock.now()
    with unit_of_work() as work:
        declaration_accept(work, lodged.id, SYSTEM, locked=declaration_snapshot(lodged.id, lock=True))
        work.flush()
        declaration = declaration_snapshot(lodged.id)
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=at)
        holds_open(work, declaration, actor=SYSTEM, at=at, outcomes=outcomes)
    return declaration


def today() -> str:
    return clock.today().strftime("%Y%m%d")


def arrivals_do() -> int:
    """Do what certificates that came in or were ended have set off."""
    jobs = list(Job.objects.filter(kind="agencies.certificate", state="todo").order_by("id"))
    for job in jobs:
        with unit_of_work() as work:
            certificate_arrived(work, JobContext(job.pk, job.kind, job.subject_id, job.payload, "", 1))
        Job.objects.filter(pk=job.pk).update(state="done", done_at=clock.now())
    return len(jobs)


def held(declaration_id: UUID) -> list[tuple[str, str]]:
    rows = Hold.objects.filter(declaration_id=declaration_id, agency="PHY").order_by("opened_at")
    return [(row.reason, row.state) for row in rows]


# --- reading ----------------------------------------------------------------------------------------------------


def test_AG_080_an_SPSCertificate_is_read_with_its_goods():
    message = certificate_read(safe_xml.parse(sps_xml("MA-1", net="1.5", unit="TNE", lines=2, replaces="MA-0")))
    assert (message.number, message.type_code, message.country, message.destination) == ("MA-1", "851", "MA", "ZZ")
    assert (message.net_kg, message.replaces, message.consignee) == (Decimal(3000), "MA-0", "Amari Foods Ltd")
    assert message.lines[0].classifications == (("HS", "080510"),)
    assert message.lines[0].scientific_name == "Citrus sinensis"


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"number": ""}, "/SPSExchangedDocument/ID"),
        ({"status": "99"}, "/SPSExchangedDocument/StatusCode"),
        ({"issued": "yesterday"}, "/SPSExchangedDocument/IssueDateTime/DateTimeString"),
        ({"country": "Morocco"}, "/SPSConsignment/ExportSPSCountry/ID"),
        ({"net": "-1"}, "/NetWeightMeasure"),
        ({"net": "1e999"}, "/NetWeightMeasure"),
        ({"unit": "LBR"}, "/NetWeightMeasure"),
        ({"number": "N" * 71}, "/SPSExchangedDocument/ID"),
    ],
)
def test_AG_080_a_certificate_that_cannot_be_read_is_refused_with_the_place(parts, place):
    with pytest.raises(FormatRefused) as refused:
        certificate_read(safe_xml.parse(sps_xml(**parts)))
    assert place in [found.pointer for found in refused.value.violations]


# --- versions ---------------------------------------------------------------------------------------------------


def test_the_same_certificate_twice_is_one_and_a_changed_one_takes_its_place(officer):
    number = number_new()
    first = received(officer, number=number)
    assert received(officer, number=number).pk == first.pk
    second = received(officer, number=number, net="12")
    first.refresh_from_db()
    assert (first.state, second.version, second.state) == ("replaced", 2, "valid")


def test_a_certificate_that_names_another_takes_its_place(officer):
    old = received(officer, number=number_new())
    received(officer, number=number_new(), replaces=old.number)
    old.refresh_from_db()
    assert old.state == "replaced"


def test_a_certificate_is_withdrawn_once(officer):
    number = number_new()
    row = received(officer, number=number)
    assert received(officer, number=number, status="40").pk == row.pk
    row.refresh_from_db()
    assert row.state == "withdrawn"
    with pytest.raises(Conflict):
        received(officer, number=number, status="40", net="2")
    with pytest.raises(NotFound):
        received(officer, number=number_new(), status="40")


def test_only_the_agency_of_the_kind_brings_certificates_in(officer, trader):
    with pytest.raises(NotPermitted):
        received(accounts.actor(Role.AGENCY_OFFICER, agency="VET"))
    with pytest.raises(NotPermitted):
        received(accounts.actor(of=trader))
    with pytest.raises(RuleViolated) as refused:
        received(officer, type_code="999")
    assert refused.value.violations[0].rule == "AG-080"


# --- matching ---------------------------------------------------------------------------------------------------


def test_AG_081_a_certificate_that_is_here_is_matched_and_its_quantity_taken(officer, trader):
    row = received(officer, number=number_new(), issued=today(), net="10")
    declaration = accepted(trader, naming(row.number))
    row.refresh_from_db()
    assert (row.used_kg, held(declaration.id)) == (10, [])
    assert LpcoNeed.objects.get(declaration_id=declaration.id).state == "matched"


def test_a_certificate_that_comes_later_ends_the_hold_that_waited_for_it(officer, trader):
    number = number_new()
    declaration = accepted(trader, naming(number))
    assert held(declaration.id) == [("F01", "open")]
    row = received(officer, number=number, issued=today())
    assert arrivals_do() == 1
    row.refresh_from_db()
    assert (row.used_kg, held(declaration.id)) == (10, [("F01", "lifted")])
    assert CertificateCitation.objects.get(declaration_id=declaration.id).state == "matched"


def test_of_a_country_that_sends_none_electronically_the_paper_counts(officer, trader):
    declaration = accepted(trader, naming("NL-PAPER-1", origin="NL"))
    assert held(declaration.id) == []
    assert CertificateCitation.objects.get(declaration_id=declaration.id).state == "paper"


@pytest.mark.parametrize(
    ("days", "finding"),
    [(0, ""), (60, ""), (61, "AG-081"), (-1, "AG-081")],
    ids=["issued today", "last day", "over", "early"],
)
def test_AG_081_a_certificate_must_be_in_force_on_the_day_of_acceptance(officer, trader, days, finding):
    issued = (clock.today() - timedelta(days=days)).strftime("%Y%m%d")
    row = received(officer, number=number_new(), issued=issued)
    declaration = accepted(trader, naming(row.number))
    assert held(declaration.id) == ([("F02", "open")] if finding else [])
    assert CertificateCitation.objects.get(declaration_id=declaration.id).finding == finding


def test_AG_082_a_withdrawn_certificate_holds_the_goods(officer, trader):
    number = number_new()
    received(officer, number=number, issued=today())
    received(officer, number=number, status="40")
    assert held(accepted(trader, naming(number)).id) == [("F02", "open")]


def test_AG_082_goods_that_relied_on_a_certificate_are_held_when_it_is_withdrawn(officer, trader):
    row = received(officer, number=number_new(), issued=today())
    declaration = accepted(trader, naming(row.number))
    assert held(declaration.id) == []
    received(officer, number=row.number, status="40")
    arrivals_do()
    assert held(declaration.id) == [("F02", "open")]


@pytest.mark.parametrize(("second", "reason"), [("4", None), ("4.000001", "F03")], ids=["what is left", "more"])
def test_AG_083_a_certificate_is_used_by_several_declarations_until_nothing_is_left(officer, trader, second, reason):
    row = received(officer, number=number_new(), issued=today(), net="10")
    accepted(trader, naming(row.number, net_mass_kg="6"))
    declaration = accepted(trader, naming(row.number, net_mass_kg=second))
    assert held(declaration.id) == ([(reason, "open")] if reason else [])
    row.refresh_from_db()
    assert row.used_kg == (6 if reason else 10)


def test_what_an_ended_declaration_took_of_a_certificate_comes_back_once(officer, trader):
    row = received(officer, number=number_new(), issued=today())
    declaration = accepted(trader, naming(row.number))
    for _ in range(2):
        with unit_of_work() as work:
            permits_free(work, declaration.id, actor=SYSTEM, at=clock.now())
    row.refresh_from_db()
    assert row.used_kg == 0
    assert held(accepted(trader, naming(row.number)).id) == []


def test_the_version_that_takes_the_place_of_another_bears_what_was_used(officer, trader):
    row = received(officer, number=number_new(), issued=today())
    accepted(trader, naming(row.number))
    newer = received(officer, number=row.number, issued=today(), net="15")
    newer.refresh_from_db()
    assert newer.used_kg == 10


def test_an_export_names_the_certificates_of_this_country(officer, trader):
    """They are permits here; nothing is waited for."""
    agencies.requirement()
    declaration = snapshot(oranges(naming("X-1"), trader=trader.identifier, type_code="EXD"), of=trader)
    with unit_of_work() as work:
        permits_reserve(work, declaration, actor=SYSTEM, at=clock.now())
    assert not CertificateCitation.objects.exists()
