"""The way through the window: every entry of the menu with who may see it, in one list."""

import re
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry: shown to whoever holds the permission, or to all when it has none."""

    label: str | Promise
    url_name: str
    permission: Permission | None = None
    icon: str = "chevron-right"


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as one visitor sees it."""

    name: str
    """The address name with underscores, so that a template can ask for it."""
    label: str | Promise
    href: str
    icon: str
    current: bool


WORK: tuple[NavEntry, ...] = (
    NavEntry(_("My declarations"), "portal:list", Permission.VIEW_OWN_DECLARATION, "layout-list"),
    NavEntry(_("New declaration"), "portal:new", Permission.DRAFT_DECLARATION, "file-plus"),
    NavEntry(_("Low-value filing"), "lowvalue:files", Permission.FILE_LOW_VALUE, "package"),
    NavEntry(_("Entry summaries"), "ens:entries", Permission.ENTRY_VIEW_OWN, "ship"),
    NavEntry(_("My permits"), "agencies:own-permits", Permission.VIEW_PERMIT, "file-check"),
    NavEntry(_("My documents"), "documents:shelf", Permission.SEND_FILE, "file-text"),
    NavEntry(_("Account"), "fees:account", Permission.VIEW_ACCOUNT, "wallet"),
    NavEntry(_("Webhooks"), "webhooks:list", Permission.MANAGE_WEBHOOKS, "send"),
    NavEntry(_("Desk"), "clearance:desk", Permission.VIEW_DESK, "inbox"),
    NavEntry(_("Targeting desk"), "ens:desk", Permission.ENTRY_ASSESS, "shield-check"),
    NavEntry(_("Manifests"), "cargo:manifests", Permission.MANIFEST_VIEW_OWN, "ship"),
    NavEntry(_("Book money received"), "fees:credit", Permission.CREDIT_ACCOUNT, "wallet"),
    NavEntry(_("Late list"), "clearance:late", Permission.VIEW_LATE, "clock-alert"),
    NavEntry(_("Full declarations owed"), "clearance:two-step", Permission.VIEW_DESK, "file-clock"),
    NavEntry(_("Changes asked for"), "clearance:changes", Permission.VIEW_DESK, "pencil"),
    NavEntry(_("Holds"), "agencies:holds", Permission.VIEW_AGENCY_HOLD, "circle-pause"),
    NavEntry(_("Permits"), "agencies:permits", Permission.MANAGE_PERMIT, "stamp"),
    NavEntry(_("Search"), "clearance:search", Permission.SEARCH_DECLARATION, "search"),
    NavEntry(_("Risk rules"), "risk:rules", Permission.VIEW_RISK, "gauge"),
)
"""What people do here, by role; the address names belong to the apps that own the pages."""

PUBLIC: tuple[NavEntry, ...] = (
    NavEntry(_("Fees and charges"), "fees:schedule", None, "receipt"),
    NavEntry(_("Duty calculator"), "fees:calculator", None, "calculator"),
    NavEntry(_("Permits needed"), "agencies:requirements", None, "stamp"),
    NavEntry(_("Once-only register"), "documents:register", None, "list-checks"),
    NavEntry(_("API documentation"), "api:docs", None, "code"),
    NavEntry(_("Service status"), "web:status", None, "activity"),
)
"""What anyone may read without signing in."""


def links_for(entries: tuple[NavEntry, ...], actor: Actor, path: str) -> list[NavLink]:
    """List the entries that the actor may follow and that this installation serves."""
    allowed = [entry for entry in entries if entry.permission is None or actor.may(entry.permission)]
    found = [(entry, href) for entry in allowed if (href := address_of(entry.url_name))]
    nearest = max((href for _, href in found if path.startswith(href)), key=len, default="")
    return [
        NavLink(re.sub("[:-]", "_", entry.url_name), entry.label, href, entry.icon, current=href == nearest)
        for entry, href in found
    ]


def address_of(url_name: str) -> str:
    """Give the address of a named page, or nothing where no app serves it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
