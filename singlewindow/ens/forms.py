"""Forms of the pages of entry summary declarations: they read what was typed, services decide what may be."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from singlewindow.ens.services.decisions import ANSWER_LENGTH, REASON_LENGTH
from singlewindow.ens.states import ENTRY, EntryState, QuestionCode

STATE_CHOICES = (
    ("", _("All")),
    (EntryState.REGISTERED.value, _("Being assessed")),
    (EntryState.INFORMATION_REQUESTED.value, _("Information requested")),
    (EntryState.ANSWERED.value, _("Answered")),
    (EntryState.ASSESSMENT_COMPLETE.value, _("Assessment complete")),
    (EntryState.DO_NOT_LOAD.value, _("Do not load")),
    (EntryState.ENDED.value, _("Ended")),
)
DESK_CHOICES = (
    ("", _("To do and waiting")),
    (EntryState.PROPOSED.value, _("Do not load, proposed")),
    (EntryState.ANSWERED.value, _("Answered")),
    (EntryState.INFORMATION_REQUESTED.value, _("Information requested")),
    (EntryState.DO_NOT_LOAD.value, _("Do not load")),
)
DECISIONS = (
    ("clear", _("Assessment complete: the goods may be loaded")),
    ("ask", _("Ask the filer")),
    ("forbid", _("Do not load")),
)
CODES = (
    (QuestionCode.OTHER.value, _("What I write below")),
    (QuestionCode.DESCRIPTION.value, _("What the goods are")),
    (QuestionCode.DANGEROUS.value, _("Whether they are dangerous")),
    (QuestionCode.PARTY.value, _("Who sends or gets them")),
    (QuestionCode.CONTAINER.value, _("The container number")),
    (QuestionCode.GOODS.value, _("Use and licence of the goods")),
)


class EntryFilter(forms.Form):
    """The filters of the filer's list; they live in the address."""

    q = forms.CharField(label=_("MRN or LRN"), required=False, max_length=22)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATE_CHOICES)


class DeskFilter(forms.Form):
    """The filter of the targeting desk."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=DESK_CHOICES)


class AnswerForm(forms.Form):
    """The answer to one question."""

    question = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.CharField(label=_("Your answer"), max_length=ANSWER_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class DecisionForm(forms.Form):
    """What an officer decides, and why."""

    action = forms.ChoiceField(label=_("Decision"), choices=DECISIONS, widget=forms.RadioSelect)
    code = forms.ChoiceField(label=_("What is asked"), choices=CODES, required=False)
    reason = forms.CharField(
        label=_("Reason or question"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The filer reads the question, and the reason of a do-not-load."),
    )

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = ENTRY.allowed(state)
        action = self.fields["action"]
        assert isinstance(action, forms.ChoiceField)
        action.choices = [choice for choice in DECISIONS if choice[0] in allowed]
