"""The part "Messages" of a declaration's page."""

from typing import Any
from uuid import UUID

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from singlewindow.accounts.types import VISITOR, Actor
from singlewindow.notifications.selectors import notifications_about
from singlewindow.notifications.types import FunctionCode as F

register = template.Library()

WORDS: dict[F, str | Promise] = {
    F.ACCEPTED: _("Accepted"),
    F.RECEIVED: _("Received"),
    F.REJECTED: _("Rejected"),
    F.CONTROL: _("Goods are examined"),
    F.DOCUMENTS: _("Documents are asked for"),
    F.CORRECTED: _("Changed"),
    F.RELEASED: _("Released"),
    F.CLEARED: _("Cleared"),
    F.INVALIDATED: _("Invalidated"),
    F.REQUEST_DECIDED: _("Request decided"),
    F.TAX_LIABILITY: _("Duty and taxes"),
    F.INSUFFICIENT: _("Not enough money"),
    F.REMINDER: _("Reminder: not enough money"),
    F.EXITED: _("The goods have left"),
    F.NO_EXIT: _("No news of the exit"),
    F.HELD: _("Held by an agency"),
    F.QUERY: _("Question of customs"),
    F.DETAINED: _("Detained"),
}


@register.inclusion_tag("notifications/messages.html", takes_context=True)
def declaration_messages(context: template.Context, declaration_id: UUID) -> dict[str, Any]:
    """What the reader's organisation was told of a declaration, newest first, each as a file; two or three queries."""
    actor: Actor = context.get("actor") or VISITOR
    told = [one for one in notifications_about(actor, declaration_id) if one.function is not None]
    return {"messages": [(one, WORDS[one.function]) for one in reversed(told) if one.function is not None]}
