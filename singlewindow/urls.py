"""Where each address leads. Each app keeps its own table; this one joins them."""

import importlib.util

from django.urls import URLPattern, URLResolver, include, path

_APPS = [
    ("", "singlewindow.web.urls"),
    ("", "singlewindow.api.urls"),
    ("", "singlewindow.accounts.urls"),
    ("", "singlewindow.reference.urls"),
    ("", "declarations.urls"),
    ("", "fees.urls"),
    ("", "risk.urls"),
    ("", "agencies.urls"),
    ("", "clearance.urls"),
]


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include(module)) for prefix, module in _APPS if _exists(module)
]
