"""Officers read which step of control an event was; every code of the life cycles has its sentence."""

from clearance.states import CONTROL
from clearance.types import AlertKind
from declarations.selectors.timeline import STEPS_FOR_OFFICERS
from singlewindow.audit.verbs import Verb


def test_every_step_of_control_and_every_alert_has_a_sentence_for_officers() -> None:
    assert {arrow.action for arrow in CONTROL.transitions} == set(STEPS_FOR_OFFICERS[Verb.CONTROL_CHANGED][1])
    assert {kind.value for kind in AlertKind} == set(STEPS_FOR_OFFICERS[Verb.ALERT_RAISED][1])
