"""N11: no page of the guided form asks for what the window holds; the register of elements says what that is."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from declarations.models import Declaration
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.documents.selectors import elements
from singlewindow.portal.drafts import PARTS
from tests.documents.conftest import folders  # noqa: F401  (files of each test lie in a folder of its own)
from tests.factories import accounts, portal
from tests.factories import documents as files

pytestmark = pytest.mark.django_db

ANSWERS = {"what": portal.WHAT, "item": portal.ITEM, **dict(portal.PAGES)}
KNOWN_FROM = {"", "profile", "earlier", "shelf", "window"}
ASKED = [(one.code, one.prefilled, field) for one in elements().values() for field in one.fields]


def page_of(client: Client, draft: UUID, slug: str) -> Any:
    return client.get(portal.part_url(draft, slug)).context["form"]


def goods_of(client: Client, draft: UUID, number: int = 1) -> Any:
    return client.get(reverse("portal:item", args=[draft, number])).context["form"]


def fields_of_the_form(client: Client, trader: Organisation) -> set[str]:
    """Every field that the pages show, papers as one kind and one number."""
    files.document(accounts.actor(of=trader))
    draft = portal.begun(client)
    shown = {f"{slug}.{name}" for slug in PARTS for name in page_of(client, draft, slug).fields}
    goods = {re.sub(r"paper_\d+_", "paper_", name) for name in goods_of(client, draft).fields}
    return shown | {f"item.{name}" for name in goods}


def test_N11_every_field_of_the_form_is_of_one_element_of_the_register(client: Client, trader: Organisation) -> None:
    listed = [field for _, _, field in ASKED]
    assert sorted(listed) == sorted(set(listed))
    assert fields_of_the_form(client, trader) == set(listed)


def test_N11_the_register_says_of_every_element_where_the_window_has_it_from() -> None:
    assert {one.prefilled for one in elements().values()} <= KNOWN_FROM


@pytest.mark.parametrize(("code", "source", "field"), [row for row in ASKED if row[1]])
def test_N11_what_the_window_holds_is_filled_in_and_not_asked_again(
    client: Client, trader: Organisation, code: str, source: str, field: str
) -> None:
    page, _, name = field.partition(".")
    if source == "shelf":
        document = files.document(accounts.actor(of=trader), reference="INV 0001")
        form = goods_of(client, portal.begun(client))
        assert [key for key, _ in form.fields["shelf"].choices] == [str(document.id)], code
        return
    if source == "earlier":
        portal.lodged(client)
    draft = portal.begun(client, reference="MY-2")
    form = goods_of(client, draft) if page == "item" else page_of(client, draft, page)
    if page == "what":
        form = client.get(reverse("portal:new")).context["form"]
    present = form.initial.get(name) or ""
    if source == "earlier":
        assert present == ANSWERS[page][name], code
    else:
        assert present, code


def test_N11_what_was_filled_in_counts_only_once_the_page_is_saved(client: Client) -> None:
    portal.lodged(client)
    draft = portal.begun(client, reference="MY-2")
    page = client.get(portal.part_url(draft, "parties")).content.decode()
    assert "Filled in from your last declaration" in page
    assert "exporter" not in (Declaration.objects.get(pk=draft).draft or {})
    assert "is not finished" in client.get(reverse("portal:check", args=[draft])).content.decode()
    typed = portal.PARTIES | {"name": "Another Supplier", "act": "next"}
    client.post(portal.part_url(draft, "parties"), typed)
    again = page_of(client, draft, "parties")
    assert again.initial["name"] == "Another Supplier"
    assert again.initial["line"] == portal.PARTIES["line"]


def test_N11_a_page_that_was_begun_and_the_other_direction_are_left_alone(client: Client) -> None:
    portal.lodged(client)
    out = portal.begun(client, reference="MY-2", direction_asked="export")
    assert not page_of(client, out, "parties").initial["name"]
    draft = portal.begun(client, reference="MY-3")
    half = portal.TRANSPORT | {"office": "ZZ000201", "mode": "", "act": "later"}
    client.post(portal.part_url(draft, "transport"), half)
    assert page_of(client, draft, "transport").initial["office"] == "ZZ000201"


def test_A1_nothing_of_another_organisation_is_filled_in_or_offered(client: Client) -> None:
    portal.lodged(client)
    other = accounts.organisation()
    files.document(accounts.actor(), reference="THEIRS")
    stranger = portal.browser(accounts.user(Role.TRADER, of=other))
    draft = portal.begun(stranger)
    assert not page_of(stranger, draft, "parties").initial["name"]
    assert "shelf" not in goods_of(stranger, draft).fields


def test_F11_a_document_of_the_shelf_is_ticked_and_nothing_of_it_is_typed(client: Client, trader: Organisation) -> None:
    document = files.document(accounts.actor(of=trader), reference="INV 0815")
    draft = portal.begun(client)
    typed = portal.ITEM | {"paper_0_code": "", "paper_0_id": "", "shelf": [str(document.id)], "act": "next"}
    sent = client.post(reverse("portal:item", args=[draft, 1]), typed)
    assert sent.status_code == 302, sent.content.decode()
    (item,) = (Declaration.objects.get(pk=draft).draft or {})["items"]
    assert item["documents"] == [{"code": "N935", "id": "INV 0815"}]
    assert "shelf" not in goods_of(client, draft).fields
    foreign = files.document(accounts.actor(), reference="THEIRS")
    wrong = client.post(reverse("portal:item", args=[draft, 2]), typed | {"shelf": [str(foreign.id)]})
    assert wrong.status_code == 422
