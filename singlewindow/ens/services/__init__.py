"""Acts on entry summary declarations: lodge, amend, assess, answer, decide, end."""

from singlewindow.ens.services.assessment import entry_assess, entry_end
from singlewindow.ens.services.decisions import EntryDecision, alert_acknowledge, entry_decide, question_answer
from singlewindow.ens.services.lodgement import EntryReceipt, entry_take

__all__ = [
    "EntryDecision",
    "EntryReceipt",
    "alert_acknowledge",
    "entry_assess",
    "entry_decide",
    "entry_end",
    "entry_take",
    "question_answer",
]
