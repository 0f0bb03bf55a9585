"""The requirement finder, open to everyone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.forms import RequirementForm
from agencies.selectors import needs_for
from singlewindow.kernel import clock


@require_safe
def requirements(request: HttpRequest) -> HttpResponse:
    """Tell anyone which permits and checks goods need."""
    form = RequirementForm(request.GET or None)
    found, on = None, clock.today()
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        on = asked["on"] or on
        found = needs_for(
            commodity_code=asked["hs"],
            direction=asked["direction"],
            country=asked["country"],
            on=on,
            procedure=asked["procedure"],
            end_use=asked["end_use"],
        )
    context = {"form": form, "found": found, "on": on}
    return render(request, "agencies/requirements.html", context, status=422 if form.errors else 200)
