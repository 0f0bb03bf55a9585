"""What every page knows: the country, the menu of its reader, and the languages."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info

from singlewindow.accounts.types import VISITOR, Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError
from singlewindow.reference.selectors import profile
from singlewindow.web.navigation import PUBLIC, WORK, address_of, links_for

LANGUAGES = ("en", "fr", "ar")


def country_name() -> str:
    """Give the name of the country that runs this window; none while the database does not say."""
    try:
        return profile(clock.today()).country_name
    except (DomainError, DatabaseError):
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give the base page its header, menu and footer; registered as a template context processor."""
    actor: Actor = getattr(request, "actor", None) or VISITOR
    language = get_language() or settings.LANGUAGE_CODE
    info = get_language_info(language.split("-")[0])
    work = links_for(WORK, actor, request.path)
    return {
        "actor": actor,
        "country_name": country_name(),
        "work_links": work,
        "section_links": next((link.below for link in work if link.here), ()),
        "public_links": links_for(PUBLIC, actor, request.path),
        "search_href": next((link.href for link in work if link.name == "clearance_search"), ""),
        "page_dir": "rtl" if info["bidi"] else "ltr",
        "page_lang": language,
        "languages": [get_language_info(code) for code in LANGUAGES],
        "sign_in_href": address_of("web:sign-in"),
    }
