"""Answers to the small pages of the guided form, and a browser that gives them."""

from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from singlewindow.accounts.models import Organisation, User

BACKEND = "django.contrib.auth.backends.ModelBackend"

WHAT = {"direction_asked": "import", "arrived": "yes", "reference": "MY-1"}
PARTIES = {
    "principal": "",
    "name": "Guangdong Home Appliance Co",
    "identifier": "",
    "line": "18 Harbour Road",
    "city": "Guangzhou",
    "postcode": "510000",
    "country": "CN",
}
TRANSPORT = {
    "mode": "1",
    "office": "ZZ000101",
    "country": "CN",
    "transport_id": "9074729",
    "nationality": "PA",
    "waybill": "MAEU123456789",
    "containers": "CSQU3054383",
    "place": "ZZAMAPORT1",
}
ITEM = {
    "description": "Electric coffee makers for household use",
    "code": "8516710000",
    "origin": "CN",
    "preference": "100",
    "procedure": "4000",
    "price": "385.00",
    "currency": "EUR",
    "net": "42",
    "gross": "52",
    "quantity": "10",
    "unit": "NAR",
    "packages": "10",
    "package_type": "CT",
    "marks": "LOT 1",
    "paper_0_code": "N935",
    "paper_0_id": "INV 0001",
    "paper_1_code": "",
    "paper_1_id": "",
}
COSTS = {
    "incoterm": "FOB",
    "term_place": "Guangzhou",
    "freight": "420",
    "freight_currency": "EUR",
    "insurance": "35",
    "insurance_currency": "EUR",
    "nature": "11",
}
PAGES: tuple[tuple[str, dict[str, str]], ...] = (("parties", PARTIES), ("transport", TRANSPORT), ("costs", COSTS))


def browser(person: User) -> Client:
    """The browser of a person who has signed in."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def begun(client: Client, **answers: str) -> UUID:
    """A draft with the first page filled in."""
    sent = client.post(reverse("portal:new"), WHAT | {"act": "next"} | answers)
    assert sent.status_code == 302, sent.content.decode()
    return UUID(sent["Location"].split("/")[2])


def part_url(draft: UUID, slug: str) -> str:
    """The address of a small page."""
    return reverse("portal:part", args=[draft, slug])


def filled(client: Client, *, principal: Organisation | None = None, **changes: Any) -> UUID:
    """A draft with every page filled in; `changes` are those of the item."""
    for_whom = str(principal.pk) if principal else ""
    draft = begun(client, reference=changes.pop("reference", "MY-1"), arrived=changes.pop("arrived", "yes"))
    for slug, answers in PAGES:
        sent = client.post(part_url(draft, slug), answers | {"act": "next", "principal": for_whom})
        assert sent.status_code == 302, sent.content.decode()
    sent = client.post(reverse("portal:item", args=[draft, 1]), ITEM | {"act": "next"} | changes)
    assert sent.status_code == 302, sent.content.decode()
    return draft


def lodged(client: Client, **changes: Any) -> UUID:
    """A declaration that was lodged through the form."""
    draft = filled(client, **changes)
    sent = client.post(reverse("portal:check", args=[draft]), {"agreed": "on"})
    assert sent.status_code == 302, sent.content.decode()
    return draft
