"""Words of revenue for people: kinds, grounds, bases; by their codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from singlewindow.revenue.types import ClaimKind, DefermentBasis, DrawbackBasis

CLAIM_KINDS: dict[ClaimKind, str | Promise] = {
    ClaimKind.REPAYMENT: _("Repayment"),
    ClaimKind.REMISSION: _("Remission"),
    ClaimKind.DRAWBACK: _("Drawback"),
}
DEFERMENT_BASES: dict[DefermentBasis, str | Promise] = {
    DefermentBasis.AEO: _("Trusted trader"),
    DefermentBasis.GUARANTEE: _("Guarantee"),
}
DRAWBACK_BASES: dict[DrawbackBasis, str | Promise] = {
    DrawbackBasis.UNUSED: _("Left unused"),
    DrawbackBasis.MANUFACTURED: _("Left as part of a product"),
    DrawbackBasis.DESTROYED: _("Destroyed under control"),
}
REASONS: dict[str, str | Promise] = {
    "overcharged": _("More was charged than the law asks for"),
    "office_error": _("An error of the administration, which the payer could not have seen"),
    "defective": _("The goods were defective or not as ordered, and went back or were destroyed"),
    "equity": _("Special circumstances without deception or obvious negligence"),
    "drawback": _("Imported goods left the country again, or were destroyed"),
}
"""The grounds of the demonstration country; one of another country is shown in its own words."""
