"""Pages that belong to no single app: start page, sign-in, service status and the style guide."""

import math
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import VISITOR, Actor
from singlewindow.kernel import clock
from singlewindow.web.examples import styleguide_context
from singlewindow.web.forms import SignInForm
from singlewindow.web.health import service_lines
from singlewindow.web.navigation import PUBLIC, WORK, links_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what the window is and the ways in; whoever is signed in goes on from here to their own pages."""
    actor: Actor = getattr(request, "actor", None) or VISITOR
    own = links_for(WORK, actor, "")
    return render(
        request,
        "web/pages/home.html",
        {
            "own_links": own,
            "public": {link.name: link for link in links_for(PUBLIC, actor, "")},
            "new_href": next((link.href for link in own if link.name == "portal_new"), ""),
        },
    )


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Send whoever signed in to the first page of their own menu, so that an officer lands on the desk."""
    actor: Actor = getattr(request, "actor", None) or VISITOR
    own = links_for(WORK, actor, "")
    return redirect(own[0].href if own else "web:home")


@method_decorator(never_cache, name="dispatch")
class SignInView(LoginView):
    """Sign a person in and send them to where they were going, else to the first page of their work."""

    template_name = "web/pages/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Send to the page that finds the reader's own start, once the session says who that is."""
        return reverse("web:start")


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer a sign-in that was tried too often; named in `AXES_LOCKOUT_CALLABLE`."""
    cool_off = getattr(settings, "AXES_COOLOFF_TIME", None) or 0
    span = cool_off if isinstance(cool_off, timedelta) else timedelta(hours=float(cool_off))
    seconds = max(int(span.total_seconds()), 60)
    response = render(request, "web/pages/lockout.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Show whether the window works, from the same facts as `/statusz`; answers without the database too."""
    lines = service_lines()
    worst = next((state for state in ("DOWN", "DEGRADED") if any(line.state == state for line in lines)), "UP")
    context = {"lines": lines, "worst": worst, "at": clock.now()}
    return render(request, "web/pages/status.html", context, status=503 if worst == "DOWN" else 200)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component; for administrators, and for anyone where the debugging setting is on."""
    actor: Actor = getattr(request, "actor", None) or VISITOR
    if not (settings.DEBUG or actor.may(Permission.MANAGE_REFERENCE)):
        raise Http404
    return render(request, "web/pages/styleguide.html", styleguide_context(request.GET.get("errors") == "1"))
