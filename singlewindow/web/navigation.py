"""The way through the window: every entry of the menu with who may see it, in one list."""

import re
from dataclasses import dataclass, replace
from uuid import UUID

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
    under: tuple[str, ...] = ()
    """The address names of the entries that it may belong to, the first that the reader has: the menu stays short."""
    section: str | Promise = ""
    """What the entry and those below it are called together; its own label unless told."""


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as one visitor sees it."""

    name: str
    """The address name with underscores, so that a template can ask for it."""
    label: str | Promise
    href: str
    icon: str
    current: bool
    """The page that is open, or the nearest above it."""
    here: bool = False
    """The page that is open is in this section."""
    below: tuple["NavLink", ...] = ()
    """What belongs to it, itself first; empty where it stands alone."""


WORK: tuple[NavEntry, ...] = (
    NavEntry(_("My declarations"), "portal:list", Permission.VIEW_OWN_DECLARATION, "layout-list"),
    NavEntry(_("New declaration"), "portal:new", Permission.DRAFT_DECLARATION, "file-plus"),
    NavEntry(_("Low-value filing"), "lowvalue:files", Permission.FILE_LOW_VALUE, "package"),
    NavEntry(_("Entry summaries"), "ens:entries", Permission.ENTRY_VIEW_OWN, "ship"),
    NavEntry(_("My permits"), "agencies:own-permits", Permission.VIEW_PERMIT, "file-check"),
    NavEntry(_("Applications"), "agencies:applications", Permission.APPLY_PERMIT, "stamp", ("agencies:own-permits",)),
    NavEntry(_("My documents"), "documents:shelf", Permission.SEND_FILE, "file-text"),
    NavEntry(_("Account"), "fees:account", Permission.VIEW_ACCOUNT, "wallet", section=_("Money")),
    NavEntry(_("Payments"), "payments:list", Permission.PAY, "receipt", ("fees:account",)),
    NavEntry(_("Bank account"), "payments:bank-account", Permission.PAY, "landmark", ("fees:account",)),
    NavEntry(_("My guarantees"), "guarantees:list", Permission.USE_GUARANTEE, "shield-check", ("fees:account",)),
    NavEntry(_("Deferred payment"), "revenue:own", Permission.VIEW_ACCOUNT, "calendar", ("fees:account",)),
    NavEntry(_("My claims"), "revenue:claims", Permission.CLAIM_REPAYMENT, "undo-2", ("fees:account",)),
    NavEntry(_("Desk"), "clearance:desk", Permission.VIEW_DESK, "inbox"),
    NavEntry(_("Changes asked for"), "clearance:changes", Permission.VIEW_DESK, "pencil", ("clearance:desk",)),
    NavEntry(
        _("Full declarations owed"), "clearance:two-step", Permission.VIEW_DESK, "file-clock", ("clearance:desk",)
    ),
    NavEntry(_("Guarantees"), "guarantees:officer", Permission.MANAGE_GUARANTEE, "shield-check", ("clearance:desk",)),
    NavEntry(
        _("Disputes"),
        "clearance:disputes",
        Permission.OPEN_DISPUTE,
        "message-circle-question-mark",
        ("clearance:desk",),
    ),
    NavEntry(_("Late list"), "clearance:late", Permission.VIEW_LATE, "clock-alert", ("clearance:desk",)),
    NavEntry(_("Provisional debts"), "revenue:provisional", Permission.VIEW_REVENUE, "scale", section=_("Revenue")),
    NavEntry(_("Claims"), "revenue:claims-desk", Permission.VIEW_REVENUE, "undo-2", ("revenue:provisional",)),
    NavEntry(_("Deferments"), "revenue:deferments", Permission.VIEW_REVENUE, "calendar", ("revenue:provisional",)),
    NavEntry(_("Yields"), "revenue:yields", Permission.APPROVE_REPAYMENT, "list-checks", ("revenue:provisional",)),
    NavEntry(_("Targeting desk"), "ens:desk", Permission.ENTRY_ASSESS, "shield-check"),
    NavEntry(_("Warnings"), "clearance:warnings", Permission.ENTRY_ASSESS, "octagon-alert", ("ens:desk",)),
    NavEntry(_("Manifests"), "cargo:manifests", Permission.MANIFEST_VIEW_OWN, "ship"),
    NavEntry(_("Undeclared goods"), "cargo:undeclared", Permission.VIEW_CARGO, "package", ("cargo:manifests",)),
    NavEntry(_("Unmanifested goods"), "cargo:unmanifested", Permission.VIEW_CARGO, "file-x", ("cargo:manifests",)),
    NavEntry(_("Arrivals"), "cargo:arrivals", Permission.ARRIVAL_TELL, "package-check", ("cargo:manifests",)),
    NavEntry(_("Webhooks"), "webhooks:list", Permission.MANAGE_WEBHOOKS, "send"),
    NavEntry(_("What devices saw"), "capture:list", Permission.VIEW_CARGO, "eye", ("cargo:manifests",)),
    NavEntry(_("Devices"), "capture:devices", Permission.MANAGE_DEVICES, "radio-tower", ("cargo:manifests",)),
    NavEntry(_("Ledger"), "payments:ledger", Permission.VIEW_LEDGER, "scale"),
    NavEntry(_("Bank statements"), "payments:statements", Permission.VIEW_LEDGER, "landmark", ("payments:ledger",)),
    NavEntry(_("Suspense"), "payments:suspense", Permission.VIEW_LEDGER, "hourglass", ("payments:ledger",)),
    NavEntry(_("Payouts"), "payments:payouts", Permission.VIEW_LEDGER, "send", ("payments:ledger",)),
    NavEntry(_("Book money received"), "fees:credit", Permission.CREDIT_ACCOUNT, "wallet", ("payments:ledger",)),
    NavEntry(_("Holds"), "agencies:holds", Permission.VIEW_AGENCY_HOLD, "circle-pause"),
    NavEntry(
        _("Originals asked for"), "agencies:originals", Permission.VIEW_AGENCY_HOLD, "file-search", ("agencies:holds",)
    ),
    NavEntry(_("Permits"), "agencies:permits", Permission.MANAGE_PERMIT, "stamp"),
    NavEntry(_("Applications"), "agencies:parts", Permission.MANAGE_PERMIT, "inbox", ("agencies:permits",)),
    NavEntry(
        _("Certificates"), "agencies:certificates", Permission.SEND_CERTIFICATE, "file-check", ("agencies:permits",)
    ),
    NavEntry(
        _("Entries by hand"),
        "agencies:contingency",
        Permission.RECORD_CONTINGENCY,
        "pencil",
        ("agencies:permits", "clearance:desk"),
    ),
    NavEntry(
        _("Penalties"), "penalties:list", Permission.VIEW_PENALTY, "scale", ("fees:account", "revenue:provisional")
    ),
    NavEntry(
        _("Disclosures"),
        "penalties:disclosures",
        Permission.VIEW_PENALTY,
        "message-circle-question-mark",
        ("penalties:list",),
    ),
    NavEntry(_("Search"), "clearance:search", Permission.SEARCH_DECLARATION, "search"),
    NavEntry(_("Risk"), "risk:desk", Permission.VIEW_RISK, "gauge"),
    NavEntry(_("Risk rules"), "risk:rules", Permission.VIEW_RISK, "list-checks", ("risk:desk",)),
    NavEntry(_("Alert list"), "risk:alerts", Permission.VIEW_RISK, "octagon-alert", ("risk:desk",)),
    NavEntry(_("Models"), "risk:models", Permission.VIEW_RISK, "activity", ("risk:desk",)),
    NavEntry(_("Screening"), "screening:lists", Permission.VIEW_RISK, "shield-alert", ("risk:desk",)),
    NavEntry(_("Risk profiles"), "risk:profiles", Permission.VIEW_PROPOSAL, "funnel", ("risk:desk",)),
    NavEntry(_("Simulations"), "risk:simulations", Permission.SIMULATE_RISK, "history", ("risk:desk",)),
    NavEntry(
        _("Waiting for a second person"), "approvals:list", Permission.VIEW_PROPOSAL, "users", section=_("Two people")
    ),
    NavEntry(_("Changes of the tariff"), "fees:tariff-changes", Permission.MANAGE_TARIFF, "scale", ("approvals:list",)),
    NavEntry(_("Draft charges"), "fees:drafts", Permission.DRAFT_CHARGE, "file-pen", ("approvals:list",)),
)
"""What people do here, by role; the address names belong to the apps that own the pages."""

PUBLIC: tuple[NavEntry, ...] = (
    NavEntry(_("Tariff"), "fees:tariff", None, "list-checks"),
    NavEntry(_("Quotas"), "quotas:list", None, "gauge"),
    NavEntry(_("Fees and charges"), "fees:schedule", None, "receipt"),
    NavEntry(_("Advance rulings"), "fees:rulings", None, "scale", ("fees:tariff",)),
    NavEntry(_("Duty calculator"), "fees:calculator", None, "calculator"),
    NavEntry(_("Permits needed"), "agencies:requirements", None, "stamp"),
    NavEntry(_("Once-only register"), "documents:register", None, "list-checks"),
    NavEntry(_("API documentation"), "api:docs", None, "code"),
    NavEntry(_("Service status"), "web:status", None, "activity"),
)
"""What anyone may read without signing in."""


def links_for(entries: tuple[NavEntry, ...], actor: Actor, path: str) -> list[NavLink]:
    """List the entries that the actor may follow and that this installation serves, what belongs together as one."""
    allowed = [entry for entry in entries if entry.permission is None or actor.may(entry.permission)]
    found = [(entry, href) for entry in allowed if (href := address_of(entry.url_name))]
    nearest = max((href for _, href in found if path.startswith(href)), key=len, default="")
    above = {entry.url_name: entry.under for entry, _ in found}
    sections: dict[str, list[NavLink]] = {}
    for entry, href in found:
        name = re.sub("[:-]", "_", entry.url_name)
        link = NavLink(name, entry.label, href, entry.icon, current=href == nearest, here=href == nearest)
        sections.setdefault(_head(entry.url_name, above), []).append(link)
    called = {entry.url_name: entry.section or entry.label for entry, _ in found}
    return [_section(called[head], links) for head, links in sections.items()]


def _head(name: str, above: dict[str, tuple[str, ...]]) -> str:
    """The entry of the top row that an entry belongs to, as far up as the reader's own entries go."""
    while upper := next((one for one in above[name] if one in above), ""):
        name = upper
    return name


def _section(label: str | Promise, links: list[NavLink]) -> NavLink:
    """The first link, with all of its section below it; alone, it keeps its own name."""
    if len(links) == 1:
        return links[0]
    return replace(links[0], label=label, here=any(link.current for link in links), below=tuple(links))


def declaration_address(actor: Actor, declaration_id: UUID | str) -> str:
    """Give a declaration's page as its reader knows it: an officer the case, a party its own page, others none."""
    if actor.may(Permission.VIEW_DESK):
        return address_of("clearance:case", declaration_id)
    return address_of("portal:show", declaration_id) if actor.may(Permission.VIEW_OWN_DECLARATION) else ""


def address_of(url_name: str, *parts: UUID | str) -> str:
    """Give the address of a named page, or nothing where no app serves it."""
    try:
        return reverse(url_name, args=parts)
    except NoReverseMatch:
        return ""
