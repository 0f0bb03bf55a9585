"""A file of the bank, whichever it is: a statement, or the answer to a file of orders."""

from django.utils.translation import gettext as _

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import safe_xml
from singlewindow.payments.rules.pain import is_status, refusals_read
from singlewindow.payments.services.payouts import payout_refuse
from singlewindow.payments.services.statements import statements_load


def bank_file_load(*, body: bytes, actor: Actor) -> list[str]:
    """Load a file of the bank and say in sentences what it did.

    Idempotent: as `statements_load` and `payout_refuse`.

    Raises:
        NotPermitted, TooLarge, FormatRefused, RuleViolated, Conflict: as `statements_load`.
    """
    actor.require(Permission.CREDIT_ACCOUNT)
    root = safe_xml.parse(body)
    if is_status(root):
        came_back = sum(payout_refuse(end_to_end_id=name, reason=why, actor=actor) for name, why in refusals_read(root))
        return [_("%(count)d payment orders were refused by the bank; their money is back.") % {"count": came_back}]
    lines = []
    for one in statements_load(body=body, actor=actor):
        if one.again:
            lines.append(_("This statement was loaded before; nothing was booked again."))
        else:
            shown = {"entries": one.entries, "booked": one.booked, "suspense": one.suspense}
            lines.append(_("%(entries)d entries: %(booked)d booked, %(suspense)d into suspense.") % shown)
    return lines
