"""The notice of assessment of a declaration: a page for its parties and customs, and the same on paper."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations.selectors import declaration_head_for
from declarations.types import DeclarationHead
from fees.paper import Printed, notice_pdf, qr_svg
from fees.selectors import assessment_for
from fees.selectors.assessments import AssessmentView, assessments_of
from fees.services.signed_quotes import quoted_as
from fees.signing import notice_code
from fees.types import AssessmentKind
from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import profile
from singlewindow.web.access import actor_of, page_for_any
from singlewindow.web.navigation import declaration_address
from singlewindow.web.types import Crumb

VIEW = page_for_any(Permission.VIEW_OWN_DECLARATION, Permission.VIEW_ANY_DECLARATION)


@VIEW
@require_safe
def notice(request: HttpRequest, declaration_id: UUID, version: int | None = None) -> HttpResponse:
    """What a declaration costs and why: the newest notice, or an earlier version of it (L17: its tariff is named)."""
    head, view = _read(request, declaration_id, version)
    versions = assessments_of(declaration_id)
    parties = list({head.lodged_by, *(party for party in (head.declarant_org, head.trader_org) if party)})
    context: dict[str, Any] = {
        "mrn": head.mrn,
        "declaration_id": declaration_id,
        "view": view,
        "notice": view.notice,
        "estimate": view.kind is AssessmentKind.ESTIMATE,
        "newest": view.version == versions[0].version,
        "versions": [(one, from_minor(one.total_minor, one.currency)) for one in versions],
        "quoted_at": quoted_as(view.sha256, parties),
        "check_url": _check_url(request, view),
        "crumbs": [
            Crumb(head.mrn, declaration_address(actor_of(request), declaration_id)),
            Crumb(_("Notice of assessment")),
        ],
    }
    return render(request, "fees/notice.html", context)


@VIEW
@require_safe
def notice_paper(request: HttpRequest, declaration_id: UUID, version: int) -> HttpResponse:
    """The notice as PDF, in the reader's language where it can be set."""
    head, view = _read(request, declaration_id, version)
    printed = Printed(
        mrn=head.mrn,
        version=view.version,
        estimate=view.kind is AssessmentKind.ESTIMATE,
        at=view.at,
        authority=profile(view.at.date()).country_name,
        check_url=_check_url(request, view),
        sha256=view.sha256,
    )
    body = notice_pdf(view.notice, printed, language=(get_language() or "en")[:2])
    name = f"notice-{head.mrn}-{view.version}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@VIEW
@require_safe
def notice_code_image(request: HttpRequest, declaration_id: UUID, version: int) -> HttpResponse:
    """The QR code of a notice, for the page."""
    view = _read(request, declaration_id, version)[1]
    return HttpResponse(qr_svg(_check_url(request, view)), content_type="image/svg+xml")


def _read(request: HttpRequest, declaration_id: UUID, version: int | None) -> tuple[DeclarationHead, AssessmentView]:
    head = declaration_head_for(actor_of(request), declaration_id)
    view = assessment_for(declaration_id, version=version)
    if view is None:
        raise NotFound
    return head, view


def _check_url(request: HttpRequest, view: AssessmentView) -> str:
    return request.build_absolute_uri(reverse("fees:check", args=[notice_code(view.id)]))
