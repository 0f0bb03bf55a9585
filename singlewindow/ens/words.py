"""What people read about entry summary declarations: states, questions and findings in sentences."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from singlewindow.ens.states import EntryState, QuestionCode

Q, S = QuestionCode, EntryState

STATE_SENTENCES: dict[EntryState, str | Promise] = {
    S.REGISTERED: _("It is being assessed. This takes seconds, unless an officer looks at it."),
    S.INFORMATION_REQUESTED: _("Customs asks for more. Answer below, or send a corrected version."),
    S.ANSWERED: _("Your answer is in. An officer reads it."),
    S.PROPOSED: _("The assessment proposes not to load the goods. An officer decides."),
    S.DO_NOT_LOAD: _("The goods may not be loaded."),
    S.ASSESSMENT_COMPLETE: _("The assessment is complete. The goods may be loaded."),
    S.ENDED: _("Its time is over."),
}
QUESTIONS: dict[str, str | Promise] = {
    Q.DESCRIPTION.value: _("Say in words of trade what the goods are."),
    Q.DANGEROUS.value: _("Are the goods dangerous? Give the UN number, or say why they have none."),
    Q.PARTY.value: _("Who sends and who gets the goods? Give name and address."),
    Q.CONTAINER.value: _("Check the container number; its check digit is wrong."),
    Q.GOODS.value: _("Say more about these goods: what they are for, and under which licence they move."),
    Q.OTHER.value: _("Answer the officer's question."),
}
FINDINGS: dict[str, str | Promise] = {
    "EN-RISK-01": _("The description does not say what the goods are."),
    "EN-RISK-02": _("The description names dangerous goods and no UN number."),
    "EN-RISK-03": _("The goods are on the alert list."),
    "EN-RISK-04": _("A party is on the alert list."),
    "EN-RISK-05": _("A country of the route is on the alert list."),
    "EN-RISK-06": _("Nobody is named who sends the goods."),
    "EN-RISK-07": _("Who gets the goods is not a name."),
    "EN-RISK-08": _("A container number has a wrong check digit."),
    "EN-RISK-09": _("The declaration came after the time limit of its mode of transport."),
}
MODES: dict[int, str | Promise] = {
    1: _("Sea"),
    2: _("Rail"),
    3: _("Road"),
    4: _("Air"),
    8: _("Inland waterway"),
    10: _("Road on a ferry"),
    11: _("Rail on a ferry"),
}
DIFFERENCES: dict[str, str | Promise] = {"packages": _("Packages"), "gross_mass_kg": _("Gross mass")}
