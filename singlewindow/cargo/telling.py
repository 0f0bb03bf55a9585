"""The page on which a port, terminal, gate or carrier tells what is here or has left, without software of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.cargo.forms import MOVEMENTS, SUBJECTS, ArrivalForm
from singlewindow.cargo.schemas import ArrivalMessage, read_as
from singlewindow.cargo.selectors.told import told_latest
from singlewindow.cargo.services import arrival_tell
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import DomainError, NotFound
from singlewindow.web.access import actor_of, page_for


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.ARRIVAL_TELL)
def arrivals(request: HttpRequest) -> HttpResponse:
    """Show what the organisation told, and take the next thing that has arrived or left."""
    actor, form = actor_of(request), ArrivalForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _told(request, actor, form):
        return redirect("cargo:arrivals")
    rows = [
        (row, SUBJECTS.get(row.subject, row.subject), MOVEMENTS.get(row.movement, row.movement))
        for row in told_latest(actor.organisation_id)
    ]
    context = {"form": form, "rows": rows, "lists": actor.may(Permission.MANIFEST_VIEW_OWN)}
    return render(request, "cargo/arrivals.html", context, status=422 if form.errors else 200)


def _told(request: HttpRequest, actor: Actor, form: ArrivalForm) -> bool:
    said = form.cleaned_data
    named = [said["reference"]] if said["subject"] == "containers" else said["reference"]
    values = {said["subject"]: named, "movement": said["movement"]}
    values |= {"place": said["place"]} if said["place"] else {}
    try:
        message: ArrivalMessage = read_as(ArrivalMessage, values)
        with unit_of_work() as work:
            arrival_tell(work, message, actor)
    except NotFound:
        form.add_error("reference", _("Nothing in a manifest of yours bears this reference."))
        return False
    except DomainError as refused:
        for found in refused.violations or ():
            form.add_error("place" if found.pointer == "/place" else "reference", _(found.message))
        if not refused.violations:
            form.add_error("reference", _(refused.detail or refused.title))
        return False
    text = _("%(reference)s: recorded. Declarations that wait for it go on by themselves.")
    messages.success(request, text % {"reference": said["reference"]})
    return True
