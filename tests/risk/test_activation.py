"""What takes effect: tried first, agreed to by a second person, committed before, and never lost between two."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, close_old_connections, transaction

from risk.models import AlertEntry, FactTables, RiskAssessment, RuleSet, RuleSetInForce
from risk.rules import rule_set as rule_sets
from risk.rules.changes import change_apply
from risk.rules.policy import SelectionPolicy
from risk.rules.rule_set import RULE_SET, compiled, document_of_release
from risk.selectors.facts import fact_set_at
from risk.selectors.rule_sets import rule_set_in_force, rule_set_of
from risk.services import alert_propose, risk_assess, risk_load, rule_change_propose, rule_set_change
from risk.services.activation import RELEASE
from risk.types import AlertKind, RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide, proposal_make
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, NotPermitted, RuleViolated
from tests.factories import accounts
from tests.factories.governance import (
    ANALYST,
    OTHER_ANALYST,
    SUPERVISOR,
    agree,
    change_live,
    model_registered,
    person,
    risk_live,
    tried,
)
from tests.factories.risk import NOW, facts, snapshot

SYSTEM = system_actor("risk")
BANDS = RuleChange(RuleChangeKind.BANDS, {"blue": 20, "yellow": 50, "red": 70})
SELECTION = RuleChange(RuleChangeKind.SELECTION, SelectionPolicy(capacity={"*": 3}).plain())
pytestmark = pytest.mark.django_db


def refused(rule: str, act: Any) -> None:
    with pytest.raises(RuleViolated) as caught:
        act()
    assert {violation.rule for violation in caught.value.violations} == {rule}


def ensured() -> None:
    """The rule set of the code in force, as the first decision puts it."""
    with unit_of_work() as work:
        risk_assess(work, snapshot(), actor=SYSTEM, facts=facts())


def test_N02_a_change_is_committed_with_its_hash_before_it_is_in_force() -> None:
    change_live(BANDS)
    assert rule_set_in_force().bands.blue == 20
    verbs = [(e.verb, e.subject_id) for e in Event.objects.filter(subject_type="rule_set").order_by("id")]
    made = rule_set_in_force().hash
    assert verbs[-2:] == [(Verb.RULE_SET_COMMITTED.value, made), (Verb.RULE_SET_IN_FORCE.value, made)]
    assert RuleSetInForce.objects.latest("id").proposal_id == Proposal.objects.get().id
    with unit_of_work() as work:
        result = risk_assess(work, snapshot(), actor=SYSTEM, facts=facts(rule_set_hash=made))
    assert result.rule_set_hash == made


def test_RM_ACT_01_bands_model_and_selection_need_a_finished_simulation_of_exactly_themselves() -> None:
    model = RuleChange(RuleChangeKind.MODEL, {"hash": model_registered(ANALYST)})
    for change in (BANDS, SELECTION, model):
        refused("RM-ACT-01", lambda change=change: rule_change_propose(actor=ANALYST, change=change, title="t"))
    tried(RuleChange(RuleChangeKind.BANDS, {"blue": 21, "yellow": 50, "red": 70}))
    refused("RM-ACT-01", lambda: rule_change_propose(actor=ANALYST, change=BANDS, title="t"))


def test_RM_ACT_01_an_unfinished_simulation_does_not_count() -> None:
    tried(BANDS, finished=False)
    refused("RM-ACT-01", lambda: rule_change_propose(actor=ANALYST, change=BANDS, title="t"))


def test_RM_ACT_02_nobody_agrees_to_what_he_proposed_and_no_analyst_alone_puts_anything_in_force() -> None:
    ensured()
    tried(BANDS)
    proposal = rule_change_propose(actor=ANALYST, change=BANDS, title="t")
    with pytest.raises(NotPermitted):
        agree(proposal, by=ANALYST)
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=proposal, actor=SYSTEM, grant=True, reason="the system says so")
    assert rule_set_in_force().bands.blue == 30
    agree(proposal, by=OTHER_ANALYST)
    assert rule_set_in_force().bands.blue == 20


@pytest.mark.parametrize("actor", [ANALYST, SUPERVISOR, SYSTEM], ids=["analyst", "supervisor", "system"])
@pytest.mark.parametrize("change", [BANDS, SELECTION], ids=["bands", "selection"])
def test_RM_ACT_02_the_service_refuses_every_actor_without_a_granted_proposal(actor: Any, change: RuleChange) -> None:
    ensured()
    tried(change)
    open_one = rule_change_propose(actor=ANALYST, change=change, title="t")

    def put(proposal_id: Any) -> None:
        with unit_of_work() as work:
            rule_set_change(work, change, actor=actor, proposal_id=proposal_id)

    refused("RM-ACT-02", lambda: put(None))
    refused("RM-ACT-02", lambda: put(open_one))
    assert RuleSetInForce.objects.count() == 1


def test_RM_ACT_02_a_grant_of_something_else_does_not_serve() -> None:
    tried(SELECTION)
    change_live(BANDS)
    granted = Proposal.objects.get(kind="risk.bands").id

    def put() -> None:
        with unit_of_work() as work:
            rule_set_change(work, SELECTION, actor=SYSTEM, proposal_id=granted)

    refused("RM-ACT-02", put)


def test_the_database_lets_nothing_into_force_that_no_second_person_agreed_to() -> None:
    """Whatever code runs: raw rows are refused, a release of the code alone is let through."""
    ensured()
    other = compiled(change_apply(RULE_SET.document, BANDS, on=facts().on))
    RuleSet.objects.create(hash=other.hash, version=other.version, document=dict(other.document))
    row = {"rule_set_id": other.hash, "from_at": NOW, "actor": "system:risk"}
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        RuleSetInForce.objects.create(**row)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        RuleSetInForce.objects.create(**row, proposal_id=snapshot().id)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        AlertEntry.objects.create(
            kind="party", value="X", reason="r", basis="b", owner="o", state="live", content_sha256="0" * 64,
            valid_from="2026-11-02", valid_to="2026-11-03",
        )  # fmt: skip


def test_RM_ACT_02_a_grant_puts_in_force_what_it_is_about_and_nothing_beside_it() -> None:
    """A hand in the tables that cites a grant not used yet: more, or something else, than was agreed to is refused."""
    ensured()
    alert = alert_propose(
        actor=ANALYST, kind=AlertKind.PARTY, value="ZZIMP0009", reason="r", basis="b", owner="o",
        valid_to=clock.today() + timedelta(days=9),
    )  # fmt: skip
    bands = _granted_unused("risk.bands", BANDS)
    tables = _granted_unused("risk.tables", RuleChange(RuleChangeKind.TABLES, {"version": "c" * 64}))
    agree(alert)
    right = change_apply(RULE_SET.document, BANDS, on=facts().on)
    beside = {**right, "selection": {**right["selection"], "explore": "0.9"}}
    wider = {**right, "bands": {"blue": 99, "yellow": 99, "red": 100}}
    other = change_apply(RULE_SET.document, SELECTION, on=facts().on)
    for document, proposal in ((beside, bands), (wider, bands), (other, bands), (right, alert), (right, tables)):
        with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
            _raw_in_force(document, proposal)
    _raw_in_force(right, bands)
    with pytest.raises(DatabaseError, match="once_a_proposal"), transaction.atomic():
        _raw_in_force(right, bands)


def _granted_unused(kind: str, change: RuleChange) -> UUID:
    """A proposal that two people made and granted, as it stands before its effect: only the tables were written."""
    with unit_of_work() as work:
        made = proposal_make(
            work, actor=ANALYST, kind=kind, subject_id=change.kind.value, title="t", content_sha256=change.sha256,
            evidence={"change": change.plain()},
        )  # fmt: skip
    Proposal.objects.filter(pk=made).update(state="granted", decided_by=SUPERVISOR.label, decided_at=NOW)
    return made


def _raw_in_force(document: dict[str, Any], proposal: UUID) -> None:
    made = compiled(document)
    RuleSet.objects.get_or_create(hash=made.hash, defaults={"version": made.version, "document": document})
    RuleSetInForce.objects.create(rule_set_id=made.hash, from_at=NOW, actor="user:1", proposal_id=proposal)


def test_RM_ACT_02_a_grant_of_one_kind_does_not_serve_another_that_names_its_digest() -> None:
    ensured()
    tables = _granted_unused("risk.tables", RuleChange(RuleChangeKind.TABLES, {"version": "c" * 64}))
    named = Proposal.objects.get(pk=tables).content_sha256
    change = RuleChange(RuleChangeKind.BANDS, {**BANDS.values, "content_sha256": named})
    tried(change)

    def put() -> None:
        with unit_of_work() as work:
            rule_set_change(work, change, actor=SYSTEM, proposal_id=tables)

    refused("RM-ACT-02", put)


def test_what_is_stored_under_a_name_with_another_content_does_not_count(loaded: None) -> None:
    """Tables in force and rule sets are known by their content: a row slipped in under their name is passed over."""
    version = risk_live()
    honest = FactTables.objects.get(version=version).document
    FactTables.objects.create(version=version, document={name: [] for name in honest})
    fact_set_at.cache_clear()
    assert fact_set_at(version).bands
    FactTables.objects.create(version="d" * 64, document=honest)
    with pytest.raises(NotFound):
        fact_set_at("d" * 64)
    RuleSet.objects.create(hash="e" * 64, version="2026.2", document=dict(RULE_SET.document))
    with pytest.raises(NotFound):
        rule_set_of("e" * 64)


def test_no_list_goes_live_by_one_person_by_the_command(loaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = accounts.user(Role.RISK_ANALYST)
    monkeypatch.setenv("CSW_PASSWORD", accounts.PASSWORD)
    call_command("load_risk", by=analyst.username, stdout=StringIO())
    assert not rule_set_in_force().tables
    assert not AlertEntry.objects.filter(state="live").exists()
    monkeypatch.setenv("CSW_PASSWORD", "another's password")
    with pytest.raises(CommandError):
        call_command("load_risk", by=accounts.user(Role.SUPERVISOR).username, stdout=StringIO())


def test_the_system_can_propose_nothing(loaded: None) -> None:
    everything = replace(SYSTEM, permissions=SUPERVISOR.permissions | ANALYST.permissions)
    with pytest.raises(NotPermitted):
        risk_load(actor=everything)
    tried(BANDS)
    with pytest.raises(NotPermitted):
        rule_change_propose(actor=everything, change=BANDS, title="t")
    assert not FactTables.objects.exists()


def test_who_trained_a_model_may_not_agree_to_it_either() -> None:
    change = RuleChange(RuleChangeKind.MODEL, {"hash": model_registered(OTHER_ANALYST)})
    tried(change)
    proposal = rule_change_propose(actor=ANALYST, change=change, title="t")
    with pytest.raises(NotPermitted):
        agree(proposal, by=OTHER_ANALYST)
    agree(proposal)
    assert rule_set_in_force().model == change.values["hash"]


def test_RM_ACT_05_a_model_that_is_not_registered_is_not_proposed() -> None:
    for kind, values in ((RuleChangeKind.MODEL, {"hash": "a" * 64}), (RuleChangeKind.SHADOW, {"hashes": ["a" * 64]})):
        change = RuleChange(kind, values)
        tried(change)
        refused("RM-ACT-05", lambda change=change: rule_change_propose(actor=ANALYST, change=change, title="t"))


def test_a_new_release_of_the_code_takes_only_its_own_rules_into_force(monkeypatch: pytest.MonkeyPatch) -> None:
    change_live(BANDS)
    before = rule_set_in_force()
    monkeypatch.setattr(rule_sets, "RULE_SET_VERSION", "2027.1")
    compiled_before = rule_sets._compiled
    compiled_before.cache_clear()
    rule_set_of.cache_clear()
    with unit_of_work() as work:
        risk_assess(work, snapshot(), actor=SYSTEM, facts=facts(rule_set_hash=before.hash))
    after = rule_set_in_force()
    assert (after.version, after.bands.blue) == ("2027.1", 20)
    newest = RuleSetInForce.objects.latest("id")
    assert (newest.change, newest.proposal_id) == (RELEASE, None)
    assert RiskAssessment.objects.get().rule_set_hash == after.hash
    compiled_before.cache_clear()
    rule_set_of.cache_clear()


def test_a_result_cannot_cite_a_rule_set_that_was_not_committed() -> None:
    ensured()
    values = {f.attname: getattr(RiskAssessment.objects.get(), f.attname) for f in RiskAssessment._meta.fields}
    with pytest.raises(DatabaseError, match="not committed"), transaction.atomic():
        RiskAssessment.objects.create(**values | {"id": snapshot().id, "rule_set_hash": "f" * 64})
    committed = RuleSet.objects.get().committed_at
    assert Event.objects.get(verb=Verb.RULE_SET_COMMITTED.value).id < Event.objects.get(verb="risk.assessed").id
    assert committed is not None


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bands", {"blue": 50, "yellow": 40, "red": 70}),
        ("bands", {"blue": 0, "yellow": 40, "red": 70}),
        ("bands", {"blue": 10, "yellow": 40, "red": 101}),
        ("bands", {}),
        ("model", {"hash": "not a hash"}),
        ("model", {"hash": "a" * 64, "scale": {"double": "0", "base": "0.1", "least": "-9", "most": "9"}}),
        ("shadow", {"hashes": ["b" * 63]}),
        ("shadow", {"hashes": [f"{number:064x}" for number in range(6)]}),
        ("selection", SelectionPolicy(capacity={"*": -1}).plain()),
        ("selection", {**SelectionPolicy(capacity={}).plain(), "explore": "1.1"}),
        ("selection", {**SelectionPolicy(capacity={}).plain(), "over": "GREEN"}),
        ("tables", {"version": ""}),
        ("tables", {"version": "c" * 64, "screening_threshold": 49}),
        ("profile_end", {"code": "PR-0001"}),
        ("profile_add", {"code": "PR-0001", "version": 1, "content": {}, "content_sha256": ""}),
    ],
)
def test_RM_ACT_06_a_change_that_does_not_fit_is_refused(kind: str, values: dict[str, Any]) -> None:
    change = RuleChange(RuleChangeKind(kind), values)
    refused("RM-ACT-06", lambda: change_apply(document_of_release(), change, on=facts().on))


@pytest.mark.django_db(transaction=True)
def test_two_changes_granted_at_once_are_both_in_force(loaded: None) -> None:
    proposals = []
    for change in (BANDS, SELECTION):
        tried(change)
        proposals.append(rule_change_propose(actor=ANALYST, change=change, title=change.kind.value))
    people = [SUPERVISOR, person("supervisor2", Role.SUPERVISOR)]

    def grant(number: int) -> None:
        try:
            agree(proposals[number], by=people[number])
        finally:
            close_old_connections()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(grant, range(2)))
    rules = rule_set_in_force()
    assert (rules.bands.blue, rules.selection.capacity) == (20, {"*": 3})
    assert RuleSetInForce.objects.count() == 3


def test_the_tables_in_force_are_those_that_two_people_agreed_to(loaded: None) -> None:
    version = risk_live()
    assert rule_set_in_force().tables == version
    assert not risk_load(actor=ANALYST).proposals
