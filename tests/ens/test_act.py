"""Lodging, assessment, questions, decisions and the end of entry summary declarations."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.ens import tasks
from singlewindow.ens.messages import read_json, read_xml, write_xml
from singlewindow.ens.migrations import __name__ as migrations_package
from singlewindow.ens.models import EntryFinding, EntryQuestion, EntrySummary, EntryVersion
from singlewindow.ens.selectors import entry_view, linked_of, message_of_entry, shown_state
from singlewindow.ens.services import (
    EntryDecision,
    EntryReceipt,
    alert_acknowledge,
    entry_assess,
    entry_decide,
    entry_end,
    entry_take,
    question_answer,
)
from singlewindow.ens.states import ENTRY, EntryState, QuestionCode
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.kernel.mrn import mrn_is_valid
from singlewindow.messaging.families import recognise
from tests.factories import accounts
from tests.factories.ens import amendment_xml, entry_xml

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("ens")
E, S = EntryState, SYSTEM
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
ON_TIME = "202604011200"


@pytest.fixture
def broker() -> Organisation:
    return accounts.organisation(identifier="ZZBRK0001")


@pytest.fixture
def filer(broker: Organisation) -> Actor:
    return accounts.actor(Role.BROKER, of=broker)


@pytest.fixture
def officer() -> Actor:
    return accounts.actor(Role.OFFICER)


def lodged(actor: Actor, **changes: Any) -> EntryReceipt:
    message = read_xml(recognise(entry_xml(**changes)).root)
    with unit_of_work() as work:
        return entry_take(work, message=message, actor=actor, channel="xml")


def amended(actor: Actor, mrn: str, **changes: Any) -> EntryReceipt:
    message = read_xml(recognise(amendment_xml(mrn, **changes)).root)
    with unit_of_work() as work:
        return entry_take(work, message=message, actor=actor, channel="xml")


def assessed(made: EntryReceipt) -> EntrySummary:
    with unit_of_work() as work:
        entry_assess(work, made.id, version=made.version, actor=S)
    return EntrySummary.objects.get(pk=made.id)


def answered(entry: EntrySummary, actor: Actor, answer: str = "Desk lamps of steel.") -> EntrySummary:
    for question in EntryQuestion.objects.filter(entry=entry, answered_at=None):
        with unit_of_work() as work:
            question_answer(work, entry_id=entry.id, question_id=question.id, actor=actor, answer=answer)
    return EntrySummary.objects.get(pk=entry.id)


def verbs(entry_id: object) -> list[str]:
    return list(Event.objects.filter(subject_id=str(entry_id)).order_by("id").values_list("verb", flat=True))


def test_a_lodged_declaration_has_an_MRN_of_its_own_kind_a_version_events_and_jobs(filer: Actor) -> None:
    made = lodged(filer)
    assert mrn_is_valid(made.mrn)
    assert made.mrn[16] == "L"
    entry = EntrySummary.objects.get(pk=made.id)
    assert (entry.state, entry.version, entry.lodger_organisation_id) == (E.REGISTERED, 1, filer.organisation_id)
    assert entry.content_sha256 == made.sha256
    assert EntryVersion.objects.filter(entry=entry).count() == 1
    assert verbs(made.id) == ["entry.lodged"]
    kinds = set(Job.objects.filter(subject_id=str(made.id)).values_list("kind", flat=True))
    assert kinds == {"ens.assess", "ens.end"}


def test_the_content_comes_back_equal_from_the_register_from_XML_and_from_JSON(filer: Actor) -> None:
    message = read_xml(recognise(entry_xml()).root)
    entry = EntrySummary.objects.get(pk=lodged(filer).id)
    assert message_of_entry(entry).canonical_bytes() == message.canonical_bytes()
    assert read_xml(recognise(write_xml(message)).root) == message
    assert read_json(message.canonical_bytes()).canonical_bytes() == message.canonical_bytes()


def test_EN_013_an_LRN_is_used_once_and_the_refusal_names_the_first(filer: Actor) -> None:
    made = lodged(filer)
    with pytest.raises(Conflict, match=made.mrn):
        lodged(filer)
    assert EntrySummary.objects.count() == 1


def test_a_message_that_breaks_a_rule_leaves_no_row(filer: Actor) -> None:
    with pytest.raises(RuleViolated) as refusal:
        lodged(filer, header__item_count="2", consignee=None)
    assert {found.rule for found in refusal.value.violations} == {"EN-8206", "EN-8623"}
    assert not EntrySummary.objects.exists()
    assert not Job.objects.exists()


def test_EN_AUT_nobody_files_for_a_known_party_without_its_mandate(broker: Organisation) -> None:
    stranger = accounts.actor(Role.TRADER)
    with pytest.raises(NotPermitted) as refusal:
        lodged(stranger)
    assert [found.rule for found in refusal.value.violations] == ["EN-AUT"]


def test_who_is_not_known_here_may_be_named_as_the_person_who_lodges() -> None:
    filer = accounts.actor(Role.CARRIER)
    entry = EntrySummary.objects.get(pk=lodged(filer).id)
    assert entry.lodger_organisation_id is None


def test_an_officer_files_nothing(officer: Actor, broker: Organisation) -> None:
    with pytest.raises(NotPermitted):
        lodged(officer)


def test_a_declaration_without_findings_is_complete_at_once_and_its_parties_are_told(filer: Actor) -> None:
    carrier = accounts.organisation(identifier="ZZCAR0001")
    with clock.frozen(NOW):
        made = lodged(filer, carrier={"id": "ZZCAR0001"})
        entry = assessed(made)
    assert entry.state == E.ASSESSMENT_COMPLETE
    assert not entry.late
    assert verbs(made.id) == ["entry.lodged", "entry.assessed"]
    told = PartyEvent.objects.filter(organisation_id=carrier.pk, subject_id=str(made.id))
    assert set(told.values_list("type", flat=True)) == {"entry.lodged", "entry.assessed"}


def test_the_assessment_runs_once_for_a_version_and_never_for_an_older_one(filer: Actor) -> None:
    with clock.frozen(NOW):
        first = lodged(filer)
        second = amended(filer, first.mrn, items__0__description="Steel lamps for desks")
        with unit_of_work() as work:
            assert entry_assess(work, first.id, version=1, actor=S) is None
        with unit_of_work() as work:
            assert entry_assess(work, first.id, version=second.version, actor=S) is E.ASSESSMENT_COMPLETE
        with unit_of_work() as work:
            assert entry_assess(work, first.id, version=second.version, actor=S) is None
    assert verbs(first.id).count("entry.assessed") == 1


def test_the_tasks_do_what_the_jobs_say(filer: Actor) -> None:
    made = lodged(filer)
    tasks.assess(list(Job.objects.filter(kind="ens.assess").values_list("pk", flat=True)))
    assert EntrySummary.objects.get(pk=made.id).state == E.ASSESSMENT_COMPLETE
    tasks.end(list(Job.objects.filter(kind="ens.end").values_list("pk", flat=True)))
    assert EntrySummary.objects.get(pk=made.id).state == E.ENDED


RISKS = [
    ("EN-RISK-01", {"items__0__description": "FAK"}, E.INFORMATION_REQUESTED),
    ("EN-RISK-01", {"items__0__description": "General cargo, said to contain parts"}, E.INFORMATION_REQUESTED),
    ("EN-RISK-01", {"items__0__description": None, "items__0__commodity": {"code": "9405"}}, E.INFORMATION_REQUESTED),
    ("", {"items__0__description": None}, E.ASSESSMENT_COMPLETE),
    ("", {"items__0__description": "General cargo: tea"}, E.ASSESSMENT_COMPLETE),
    ("EN-RISK-02", {"items__0__description": "Lithium cells"}, E.INFORMATION_REQUESTED),
    ("", {"items__0__description": "Lithium cells", "items__0__un_number": "3480"}, E.ASSESSMENT_COMPLETE),
    ("EN-RISK-03", {"items__0__commodity": {"code": "930190"}}, E.PROPOSED),
    ("EN-RISK-03", {"items__0__commodity": {"code": "360410"}}, E.INFORMATION_REQUESTED),
    ("EN-RISK-04", {"consignee": {"id": "ZZALERT0001"}}, E.PROPOSED),
    ("EN-RISK-05", {"itinerary": [{"country": "KP"}, {"country": "ZZ"}]}, E.PROPOSED),
    ("EN-RISK-06", {"consignor": None}, E.INFORMATION_REQUESTED),
    ("EN-RISK-07", {"consignee__id": None, "consignee__name": "TO ORDER OF BANK", "consignee__street": "x",
                    "consignee__postcode": "x", "consignee__city": "x", "consignee__country": "ZZ"},
     E.INFORMATION_REQUESTED),
    ("EN-RISK-08", {"items__0__containers": [{"number": "MSKU0383251"}]}, E.INFORMATION_REQUESTED),
    ("EN-RISK-09", {"first_entry__expected_at": "202603030829"}, E.ASSESSMENT_COMPLETE),
    ("", {"first_entry__expected_at": "202603030830"}, E.ASSESSMENT_COMPLETE),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "changes", "state"), RISKS)
def test_each_rule_of_the_assessment_finds_its_own_and_leads_where_it_says(
    filer: Actor, rule: str, changes: dict[str, Any], state: EntryState
) -> None:
    with clock.frozen(NOW):
        entry = assessed(lodged(filer, **changes))
    assert [found.rule for found in EntryFinding.objects.filter(entry=entry)] == ([rule] if rule else [])
    assert entry.state == state
    assert entry.late is (rule == "EN-RISK-09")


def asked(filer: Actor) -> EntrySummary:
    with clock.frozen(NOW):
        return assessed(lodged(filer, items__0__description="Parts"))


def proposed(filer: Actor, **changes: Any) -> EntrySummary:
    with clock.frozen(NOW):
        return assessed(lodged(filer, items__0__commodity={"code": "930190"}, **changes))


def test_a_request_for_information_has_a_code_a_field_and_a_deadline_and_is_answered_in_the_thread(
    filer: Actor,
) -> None:
    entry = asked(filer)
    (question,) = EntryQuestion.objects.filter(entry=entry)
    assert (question.code, question.pointer) == ("RFI-DESC", "/items/0/description")
    assert question.due_at == entry.due_at == NOW + timedelta(hours=24)
    after = answered(entry, filer)
    assert after.state == E.ANSWERED
    assert verbs(entry.id)[-1] == "entry.information_given"
    notice = PartyEvent.objects.get(type="entry.information_requested")
    assert notice.data["codes"] == ["RFI-DESC"]


@pytest.mark.parametrize(
    ("answer", "taken"), [("", False), (" ", False), ("x", True), ("x" * 2000, True), ("x" * 2001, False)]
)
def test_EN_011_an_answer_has_1_to_2000_characters(filer: Actor, answer: str, taken: bool) -> None:
    entry = asked(filer)
    if taken:
        assert answered(entry, filer, answer).state == E.ANSWERED
    else:
        with pytest.raises(RuleViolated):
            answered(entry, filer, answer)


def test_a_stranger_finds_neither_declaration_nor_question(filer: Actor) -> None:
    entry, stranger = asked(filer), accounts.actor(Role.TRADER)
    with pytest.raises(NotFound):
        answered(entry, stranger)
    with pytest.raises(NotFound):
        entry_view(stranger, entry.id)
    with pytest.raises(NotFound):
        amended(stranger, entry.mrn, lodger={"id": "ZZUNKNOWN1"})


def test_a_question_is_answered_once(filer: Actor) -> None:
    entry = asked(filer)
    (question,) = EntryQuestion.objects.filter(entry=entry)
    answered(entry, filer)
    with pytest.raises(TransitionRefused), unit_of_work() as work:
        question_answer(work, entry_id=entry.id, question_id=question.id, actor=filer, answer="Again")


def test_F28_a_hit_on_the_alert_list_warns_the_desk_at_once_and_tells_the_filer_nothing(filer: Actor) -> None:
    entry = proposed(filer)
    assert entry.alerted_at == NOW
    assert entry.due_at == NOW + timedelta(minutes=15)
    assert shown_state(entry) is E.REGISTERED
    assert set(PartyEvent.objects.values_list("type", flat=True)) == {"entry.lodged"}
    with pytest.raises(TransitionRefused) as refusal:
        amended(filer, entry.mrn)
    assert "propos" not in str(refusal.value)


def test_taking_note_of_a_warning_is_timed_and_the_first_officer_counts(filer: Actor, officer: Actor) -> None:
    entry = proposed(filer)
    with clock.frozen(NOW + timedelta(seconds=40)):
        alert_acknowledge(entry_id=entry.id, actor=officer)
    again = alert_acknowledge(entry_id=entry.id, actor=accounts.actor(Role.OFFICER))
    assert again.acknowledged_by == officer.label
    assert verbs(entry.id).count("entry.alert_acknowledged") == 1


def test_no_warning_no_note(filer: Actor, officer: Actor) -> None:
    with pytest.raises(TransitionRefused):
        alert_acknowledge(entry_id=asked(filer).id, actor=officer)


def test_an_officer_confirms_do_not_load_and_every_party_reads_the_reason(filer: Actor, officer: Actor) -> None:
    carrier = accounts.organisation(identifier="ZZCAR0001")
    entry = proposed(filer, carrier={"id": "ZZCAR0001"})
    done = entry_decide(entry_id=entry.id, actor=officer, decision=EntryDecision("forbid", "Weapons without licence"))
    assert done.state == E.DO_NOT_LOAD
    notices = PartyEvent.objects.filter(type="entry.loading_forbidden")
    assert {notice.organisation_id for notice in notices} == {filer.organisation_id, carrier.pk}
    assert notices[0].data["reason"] == "Weapons without licence"
    with pytest.raises(TransitionRefused):
        amended(filer, entry.mrn)


def test_an_officer_asks_reads_the_answer_and_clears(filer: Actor, officer: Actor) -> None:
    entry = proposed(filer)
    decision = EntryDecision("ask", "Under which licence?", QuestionCode.GOODS)
    assert entry_decide(entry_id=entry.id, actor=officer, decision=decision).state == E.INFORMATION_REQUESTED
    assert answered(entry, filer).state == E.ANSWERED
    cleared = entry_decide(entry_id=entry.id, actor=officer, decision=EntryDecision("clear", "Licence seen"))
    assert cleared.state == E.ASSESSMENT_COMPLETE
    assert cleared.due_at is None


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_EN_012_a_decision_has_a_reason(filer: Actor, officer: Actor, reason: str) -> None:
    with pytest.raises(RuleViolated):
        entry_decide(entry_id=proposed(filer).id, actor=officer, decision=EntryDecision("forbid", reason))


def test_a_filer_decides_nothing(filer: Actor) -> None:
    entry = proposed(filer)
    with pytest.raises(NotPermitted):
        entry_decide(entry_id=entry.id, actor=filer, decision=EntryDecision("clear", "Please"))
    with pytest.raises(NotPermitted):
        alert_acknowledge(entry_id=entry.id, actor=filer)


def test_an_amendment_is_the_next_version_is_assessed_anew_and_makes_questions_void(filer: Actor) -> None:
    entry = asked(filer)
    with clock.frozen(NOW):
        made = amended(filer, entry.mrn, items__0__description="Desk lamps of steel")
        after = assessed(made)
    assert (made.mrn, made.version, after.state) == (entry.mrn, 2, E.ASSESSMENT_COMPLETE)
    assert EntryVersion.objects.filter(entry=entry).count() == 2
    assert EntryQuestion.objects.get(entry=entry).withdrawn_at == NOW
    with pytest.raises(TransitionRefused):
        answered(after, filer)


def test_an_MRN_that_is_not_here_cannot_be_amended(filer: Actor) -> None:
    with pytest.raises(NotFound):
        amended(filer, "26ZZ010100000041L8")


def test_an_ended_declaration_stays_ended(filer: Actor, officer: Actor) -> None:
    made = lodged(filer)
    for expected in (True, False):
        with unit_of_work() as work:
            assert entry_end(work, made.id, actor=S) is expected
    with pytest.raises(TransitionRefused):
        amended(filer, made.mrn)
    with pytest.raises(TransitionRefused):
        entry_decide(entry_id=made.id, actor=officer, decision=EntryDecision("clear", "No"))


def filings(filer: Actor, *, houses: list[dict[str, Any]]) -> EntrySummary:
    """A carrier's filing of 10 packages and 1200.5 kg, and house filings for the same bill."""
    carrier = accounts.organisation(identifier="ZZCAR0001")
    master = lodged(accounts.actor(Role.CARRIER, of=carrier), lodger={"id": "ZZCAR0001"})
    for number, changes in enumerate(houses):
        lodged(filer, header__lrn=f"H{number}", carrier={"id": "ZZCAR0001"}, **changes)
    return EntrySummary.objects.get(pk=master.id)


HALF = {"header__package_count": "5", "items__0__packages__0__count": "5", "header__gross_mass_kg": "600",
        "items__0__gross_mass_kg": "600"}  # fmt: skip


def test_master_and_house_filings_of_different_parties_are_linked_and_agree(filer: Actor) -> None:
    linked = linked_of(filings(filer, houses=[HALF, HALF]))
    assert len(linked.houses) == 2
    assert linked.differences == ()


def test_differences_of_packages_and_mass_are_listed_and_seen_from_a_house_too(filer: Actor) -> None:
    master = filings(filer, houses=[HALF, HALF | {"header__gross_mass_kg": "800"}, HALF])
    linked = linked_of(master)
    assert {(one.field, one.master, one.houses) for one in linked.differences} == {
        ("packages", "10", "15"),
        ("gross_mass_kg", "1200.5", "2000"),
    }
    house = linked.houses[0]
    assert linked_of(house) == linked


@pytest.mark.parametrize(("mass", "differs"), [("660.525", False), ("660.526", True)])
def test_a_mass_differs_beyond_five_per_cent(filer: Actor, mass: str, differs: bool) -> None:
    master = filings(filer, houses=[HALF, HALF | {"header__gross_mass_kg": mass}])
    assert bool(linked_of(master).differences) is differs


def test_filings_of_another_carrier_are_not_linked(filer: Actor) -> None:
    master = filings(filer, houses=[])
    lodged(filer, carrier={"id": "ZZCAR0002"})
    assert linked_of(master).houses == ()


def test_the_database_holds_the_life_cycle_of_the_table() -> None:
    from importlib import import_module

    pairs = import_module(f"{migrations_package}.0002_guards").PAIRS
    assert sorted((str(source), str(target)) for source, target in ENTRY.pairs()) == pairs


@pytest.mark.parametrize(
    "change",
    [
        {"state": "do_not_load"},
        {"mrn": "26ZZ010100000041L8"},
        {"content_sha256": "0" * 64},
        {"version": 3},
        {"lrn": "OTHER"},
        {"state": "ended"},
        {"package_count": -1},
    ],
)
def test_the_database_refuses_what_no_service_does(filer: Actor, change: dict[str, Any]) -> None:
    made = lodged(filer)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        EntrySummary.objects.filter(pk=made.id).update(**change)


def test_what_was_lodged_found_and_asked_is_never_deleted_or_changed(filer: Actor) -> None:
    entry = asked(filer)
    for rows in (
        EntrySummary.objects.filter(pk=entry.id),
        EntryVersion.objects.filter(entry=entry),
        EntryFinding.objects.filter(entry=entry),
        EntryQuestion.objects.filter(entry=entry),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)
    with pytest.raises(DatabaseError), transaction.atomic():
        EntryQuestion.objects.filter(entry=entry).update(text="Something else")
