"""The once-only register, open to everyone: who asks for what, under which law, and how often it was spared."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from singlewindow.documents.selectors import RegisterRow, register_rows
from singlewindow.kernel import clock
from singlewindow.kernel.csv_out import csv_text
from singlewindow.reference.selectors import profile
from singlewindow.web.types import Crumb

HEADER = (
    "code",
    "wco",
    "kind",
    "name",
    "asked_by",
    "law",
    "step",
    "retention_years",
    "filled_in_from",
    "not_asked_for_at",
    "asked",
    "under_exception",
    "refused",
    "given",
    "used",
    "reused",
    "bodies_that_asked",
)


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every element with its figures, the exemptions and the published exceptions."""
    rows = register_rows()
    scheme = profile(clock.today()).once_only
    context = {
        "documents": [row for row in rows if row.element.kind == "document"],
        "elements": [row for row in rows if row.element.kind == "element"],
        "exempt": _exempt(),
        "exceptions": scheme.exceptions if scheme else (),
        "law": scheme.law if scheme else "",
        "asked": sum(row.asked for row in rows),
        "reused": sum(row.reused for row in rows),
        "refused": sum(row.refused for row in rows),
        "given": sum(row.given for row in rows),
        "crumbs": [Crumb(_("Once-only register"))],
    }
    return render(request, "documents/register.html", context)


@require_safe
def register_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV; no cell can act as a formula."""
    exempt = _exempt()
    text = csv_text([HEADER, *(_cells(row, exempt.get(row.element.code, ())) for row in register_rows())])
    disposition = 'attachment; filename="once-only-register.csv"'
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition})


def _exempt() -> dict[str, tuple[str, ...]]:
    scheme = profile(clock.today()).once_only
    exempt = scheme.exempt if scheme else {}
    codes = {code for listed in exempt.values() for code in listed}
    directions = sorted(exempt, reverse=True)  # import first, in whatever order the profile was read
    return {code: tuple(direction for direction in directions if code in exempt[direction]) for code in codes}


def _cells(row: RegisterRow, exempt: tuple[str, ...]) -> tuple[object, ...]:
    one = row.element
    told = (one.code, one.wco, one.kind, one.name, " ".join(one.asked_by), one.law, one.step, one.retention_years)
    figures = (row.asked, row.excepted, row.refused, row.given, row.used, row.reused)
    return (*told, one.prefilled, " ".join(exempt), *figures, " ".join(row.bodies))
