"""Pages: a message of a declaration, to be kept as a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.errors import NotFound
from singlewindow.notifications.api import answered
from singlewindow.notifications.selectors import notification_for
from singlewindow.notifications.types import Form
from singlewindow.web.access import actor_of, page_for


@page_for(Permission.READ_FEED)
@require_safe
def download(request: HttpRequest, event_id: UUID, suffix: str) -> HttpResponse:
    """One message as a file. Raises NotFound, also for a message where none stands for the event."""
    actor = actor_of(request)
    told = notification_for(actor, event_id)
    form = next(form for form in Form if form.suffix == suffix)
    if form is not Form.JSON and told.function is None:
        raise NotFound
    return answered(told, form, reader=actor.organisation_identifier, attachment=True)
