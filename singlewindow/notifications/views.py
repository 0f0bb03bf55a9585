"""Pages: a message of a declaration, to be kept as a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.errors import NotFound
from singlewindow.notifications.api import answered
from singlewindow.notifications.selectors import notification_for
from singlewindow.web.access import actor_of, page_for


@page_for(Permission.READ_FEED)
@require_safe
def download(request: HttpRequest, event_id: UUID, form: str) -> HttpResponse:
    """One message as a file. Raises NotFound, also for XML where no message stands for the event."""
    told = notification_for(actor_of(request), event_id)
    if form == "xml" and told.function is None:
        raise NotFound
    return answered(told, xml=form == "xml", attachment=True)
