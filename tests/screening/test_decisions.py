"""What an officer says of a possible match holds for that name and that content of the entry."""

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import Error, connection, transaction

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated
from singlewindow.screening.models import MatchDecision
from singlewindow.screening.selectors import matches_of, screen_names
from singlewindow.screening.services import match_decide
from singlewindow.screening.states import Verdict
from singlewindow.screening.types import Match, ScreenQuery
from tests.factories import accounts, screening
from tests.factories.screening import SDN_ROWS, primary, put_in_force, sdn_files

PETROV = ScreenQuery("Ivan Petrov", country="ZZ")


def match_of(query: ScreenQuery = PETROV) -> Match:
    (found,) = screen_names([query])
    return found


def decide(actor: Actor, verdict: Verdict = Verdict.DISMISSED, query: ScreenQuery = PETROV, **more: Any) -> Any:
    return match_decide(
        query=query, entry_id=match_of(query).entry.id, verdict=verdict, reason="Other birth date.", actor=actor, **more
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("in_force")
class TestDecisions:
    def test_SC_DEC_01_a_dismissed_match_counts_no_more_and_a_confirmed_one_bears_it(self) -> None:
        officer = accounts.actor(Role.OFFICER)
        assert len(matches_of([PETROV])) == 1
        first = decide(officer)
        assert matches_of([PETROV]) == ()
        decide(officer, Verdict.CONFIRMED, revises=first.id)
        (match,) = matches_of([PETROV])
        assert match.confirmed
        assert match.decision is not None
        assert match.decision.reason == "Other birth date."

    def test_SC_DEC_01_it_holds_for_other_spellings_of_the_same_normal_form(self) -> None:
        decide(accounts.actor(Role.OFFICER))
        assert matches_of([ScreenQuery("PETROV, Ivan", country="zz")]) == ()

    @pytest.mark.parametrize(
        "other",
        [
            ScreenQuery("Ivan Petrov", country="RU"),
            ScreenQuery("Ivan S. Petrov", country="ZZ"),
            ScreenQuery("Ivan Petrov", country="ZZ", identifier="9988776655"),
        ],
        ids=["another country", "another name", "a number"],
    )
    def test_SC_DEC_01_it_does_not_hold_for(self, other: ScreenQuery) -> None:
        decide(accounts.actor(Role.OFFICER))
        assert len(matches_of([other])) == 1

    def test_SC_DEC_04_it_holds_in_a_new_version_whose_entry_is_unchanged(self, first: Actor, second: Actor) -> None:
        decide(accounts.actor(Role.OFFICER))
        rows = [*SDN_ROWS, primary(106, "ORLOV, Boris", kind="individual")]
        put_in_force(sdn_files(rows), by=first, agreed_by=second)
        assert matches_of([PETROV]) == ()

    def test_SC_DEC_04_it_is_asked_again_when_the_entry_says_something_else(self, first: Actor, second: Actor) -> None:
        decide(accounts.actor(Role.OFFICER))
        changed = primary(101, "PETROV, Ivan Sergeevich", kind="individual", remarks="DOB 12 Mar 1971.")
        put_in_force(sdn_files([changed, *SDN_ROWS[1:]]), by=first, agreed_by=second)
        assert len(matches_of([PETROV])) == 1

    @pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
    def test_SC_DEC_02_a_reason_is_needed(self, reason: str) -> None:
        with pytest.raises(RuleViolated) as refused:
            match_decide(
                query=PETROV,
                entry_id=match_of().entry.id,
                verdict=Verdict.DISMISSED,
                reason=reason,
                actor=accounts.actor(Role.OFFICER),
            )
        assert [one.rule for one in refused.value.violations] == ["SC-DEC-02"]
        assert not MatchDecision.objects.exists()

    @pytest.mark.parametrize("role", [Role.TRADER, Role.AUDITOR, Role.AGENCY_OFFICER])
    def test_SC_DEC_01_who_may_not_decide(self, role: Role) -> None:
        with pytest.raises(NotPermitted):
            decide(accounts.actor(role))

    def test_SC_DEC_01_the_window_itself_decides_nothing(self) -> None:
        with pytest.raises(NotPermitted):
            decide(system_actor("risk"))

    def test_an_entry_that_is_not_there_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            match_decide(
                query=PETROV,
                entry_id=UUID(int=1),
                verdict=Verdict.DISMISSED,
                reason="x",
                actor=accounts.actor(Role.OFFICER),
            )

    def test_SC_DEC_03_who_has_not_seen_the_standing_decision_is_told(self) -> None:
        decide(accounts.actor(Role.OFFICER))
        with pytest.raises(Conflict):
            decide(accounts.actor(Role.SUPERVISOR), Verdict.CONFIRMED)

    def test_decisions_only_grow(self) -> None:
        decision = decide(accounts.actor(Role.OFFICER))
        for sql in (
            "UPDATE screening_matchdecision SET verdict = 'CONFIRMED' WHERE id = %s",
            "DELETE FROM screening_matchdecision WHERE id = %s",
        ):
            with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, [decision.id])


@pytest.mark.django_db(transaction=True)
def test_SC_DEC_03_of_two_officers_at_once_one_decides_and_the_other_is_told() -> None:
    put_in_force(sdn_files())
    officers = [accounts.actor(Role.OFFICER) for _ in range(6)]
    verdicts = [Verdict.CONFIRMED, Verdict.DISMISSED] * 3
    match_of()
    together = threading.Barrier(len(officers))
    outcomes: list[str] = []

    def act(officer: Actor, verdict: Verdict) -> None:
        try:
            entry_id = match_of().entry.id
            together.wait(10)
            match_decide(query=PETROV, entry_id=entry_id, verdict=verdict, reason="Seen.", actor=officer)
            outcomes.append("decided")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in zip(officers, verdicts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["decided"] + ["told"] * 5
    assert MatchDecision.objects.count() == 1
    screening.forget()
