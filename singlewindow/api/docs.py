"""The description of the API for people: OpenAPI 3.1 in a browser, and a page for each problem code's address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import SpectacularSwaggerSplitView


class ApiDocsView(SpectacularSwaggerSplitView):
    """GET /api/docs"""

    url_name = "api:schema"
    template_name = "api/docs.html"
    title = "API of the customs single window"


def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """What a problem's `type` leads to."""
    return render(request, "api/problem.html", {"code": code})
