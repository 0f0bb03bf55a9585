"""The guided form: nothing is lost, errors lead to their field, one lodgement however often one presses."""

import html
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations.models import Declaration
from declarations.selectors import declaration_snapshot
from singlewindow.accounts.models import Mandate, Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.kernel import clock
from tests.factories import accounts, portal

pytestmark = pytest.mark.django_db


def summary_of(page: str) -> list[tuple[str, str]]:
    """The lines of the error summary: where each leads and what it says."""
    box = page[page.index('class="error-summary"') :]
    box = box[: box.index("</ul>")]
    return [
        (html.unescape(href), html.unescape(said)) for href, said in re.findall(r'<a href="([^"]+)">([^<]+)</a>', box)
    ]


def content_of(draft: UUID) -> dict[str, object]:
    """The draft as it is kept."""
    return Declaration.objects.get(pk=draft).draft or {}


def item_url(draft: UUID, number: int = 1) -> str:
    return reverse("portal:item", args=[draft, number])


def test_an_empty_form_becomes_a_declaration_with_its_number(client: Client) -> None:
    draft = portal.filled(client)
    for name in ("tasks", "items", "estimate", "check"):
        page = client.get(reverse(f"portal:{name}", args=[draft]))
        assert page.status_code == 200, name
    assert "error-summary" not in page.content.decode()
    sent = client.post(reverse("portal:check", args=[draft]), {"agreed": "on"})
    row = Declaration.objects.get(pk=draft)
    assert (row.legal_state, row.channel, row.draft) == ("REGISTERED", "web", None)
    page = client.get(sent["Location"]).content.decode()
    assert row.mrn is not None
    assert row.mrn in page


def test_what_is_lodged_is_what_was_typed_and_the_parties_are_filled_in(client: Client, trader: Organisation) -> None:
    message = declaration_snapshot(portal.lodged(client)).message
    assert (message.type_code, message.lrn, message.office) == ("IMA", "MY-1", "ZZ000101")
    assert message.importer is not None
    assert message.importer.id == message.declarant.id == trader.identifier
    assert message.exporter is not None
    assert message.exporter.name == "Guangdong Home Appliance Co"
    assert [one.id for one in message.equipment] == ["CSQU3054383"]
    assert message.transport is not None
    assert (message.transport.border_id, message.transport.border_id_type) == ("9074729", "10")
    (item,) = message.items
    assert (str(item.price.amount), item.price.currency) == ("385", "EUR")  # type: ignore[union-attr]
    assert [(paper.code, paper.id) for paper in item.documents] == [("N935", "INV 0001")]
    assert message.invoice_total == item.price
    assert (message.total_packages, str(message.total_gross_mass_kg)) == (10, "52")


def test_goods_that_are_not_here_yet_are_declared_early(client: Client) -> None:
    assert declaration_snapshot(portal.lodged(client, arrived="no")).type_code == "IMD"


def test_leaving_and_returning_loses_nothing_even_of_a_page_with_errors(client: Client) -> None:
    draft = portal.begun(client)
    half = portal.TRANSPORT | {"office": "", "containers": "CSQU3054384", "act": "later"}
    left = client.post(portal.part_url(draft, "transport"), half)
    assert left["Location"] == reverse("portal:tasks", args=[draft])
    again = client.get(portal.part_url(draft, "transport")).content.decode()
    assert "CSQU3054384" in again
    assert 'value="9074729"' in again
    assert "Started" in client.get(left["Location"]).content.decode()


def test_a_page_with_errors_says_all_of_them_linked_to_their_fields(client: Client) -> None:
    draft = portal.begun(client)
    sent = client.post(portal.part_url(draft, "parties"), {"name": "", "line": "", "city": "", "country": ""})
    assert sent.status_code == 422
    links = [href for href, _said in summary_of(sent.content.decode())]
    assert links == ["#id_name", "#id_line", "#id_city", "#id_country"]


@pytest.mark.parametrize(("number", "digit"), [("CSQU3054384", "3"), ("CSQU3054383", "")], ids=["wrong", "right"])
def test_DL_012_a_wrong_check_digit_of_a_container_is_told_with_the_right_one(
    client: Client, number: str, digit: str
) -> None:
    draft = portal.begun(client)
    sent = client.post(portal.part_url(draft, "transport"), portal.TRANSPORT | {"containers": number})
    assert sent.status_code == (422 if digit else 302)
    if digit:
        assert f"the last digit would be {digit}" in sent.content.decode()


def test_every_error_of_the_rules_stands_at_once_and_leads_to_its_field_and_nothing_is_lost(client: Client) -> None:
    draft = portal.filled(client, net="99", paper_1_code="7P01", paper_1_id="PHY-NONE")
    sent = client.post(reverse("portal:check", args=[draft]), {"agreed": "on"})
    assert sent.status_code == 422
    links = {href for href, _said in summary_of(sent.content.decode())}
    assert links == {f"{item_url(draft)}?mend=1#id_net", f"{item_url(draft)}?mend=1#id_paper_1_id"}
    assert Declaration.objects.get(pk=draft).legal_state == "DRAFT"
    mending = client.get(f"{item_url(draft)}?mend=1").content.decode()
    assert "net mass of item 1 (99 kg) is more than its gross mass" in mending
    assert 'id="id_net_error"' in mending
    assert "To mend" in client.get(reverse("portal:tasks", args=[draft])).content.decode()
    mended = portal.ITEM | {"act": "next"}
    back = client.post(f"{item_url(draft)}?mend=1", mended)
    assert back["Location"] == reverse("portal:check", args=[draft])
    assert client.post(reverse("portal:check", args=[draft]), {"agreed": "on"}).status_code == 302


def test_pages_that_are_not_finished_are_named_before_lodging(client: Client) -> None:
    draft = portal.begun(client)
    sent = client.post(reverse("portal:check", args=[draft]), {"agreed": "on"})
    said = [text for _href, text in summary_of(sent.content.decode())]
    assert [text.split("”")[0] for text in said[:3]] == ["“Who is involved", "“Journey and arrival", "“Terms and costs"]
    assert "There are no goods yet: add at least one item." in said
    assert Declaration.objects.get(pk=draft).mrn is None


def test_a_declaration_that_is_not_signed_is_not_lodged(client: Client) -> None:
    draft = portal.filled(client)
    sent = client.post(reverse("portal:check", args=[draft]))
    assert sent.status_code == 422
    assert summary_of(sent.content.decode()) == [("#id_agreed", "Tick the box to sign the declaration.")]
    assert Declaration.objects.get(pk=draft).mrn is None


def test_a_second_press_lodges_nothing_and_leads_to_the_same_declaration(client: Client) -> None:
    draft = portal.lodged(client)
    mrn = Declaration.objects.get(pk=draft).mrn
    for address in ("check", "tasks", "estimate", "items"):
        again = client.post(reverse(f"portal:{address}", args=[draft]), {"agreed": "on"})
        if address != "tasks":
            assert again["Location"] == reverse("portal:show", args=[draft])
    assert Declaration.objects.filter(mrn__isnull=False).values_list("mrn", flat=True).get() == mrn


def test_a_reference_that_was_used_before_leads_back_to_its_field(client: Client) -> None:
    portal.lodged(client)
    draft = portal.filled(client)
    sent = client.post(reverse("portal:check", args=[draft]), {"agreed": "on"})
    assert sent.status_code == 422
    ((href, said),) = summary_of(sent.content.decode())
    assert href == f"{portal.part_url(draft, 'what')}?mend=1#id_reference"
    assert "MY-1" in said


def test_a_page_that_another_window_changed_is_not_overwritten(client: Client) -> None:
    draft = portal.begun(client)
    address = portal.part_url(draft, "costs")
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', client.get(address).content.decode())
    assert seen is not None
    client.post(address, portal.COSTS | {"freight": "500", "seen": seen[1]})
    late = client.post(address, portal.COSTS | {"freight": "1", "seen": seen[1]})
    assert late.status_code == 422
    assert "another window" in late.content.decode()
    valuation = content_of(draft)["valuation"]
    assert valuation["freight"]["amount"] == "500"  # type: ignore[index]


def test_codes_are_found_by_misspelt_words_with_and_without_script(client: Client) -> None:
    draft = portal.begun(client)
    found = client.get(reverse("portal:codes"), {"code": "cofee"}).content.decode()
    assert 'name="pick" value="0901' in found
    sent = client.post(item_url(draft), {"code": "roasted cofee", "description": "Coffee", "act": "lookup"})
    page = client.get(sent["Location"].partition("#")[0]).content.decode()
    code = re.search(r'name="pick" value="(0901\d+)"', page)
    assert code is not None
    picked = client.post(item_url(draft), {"code": "roasted cofee", "description": "Coffee", "pick": code[1]})
    page = client.get(picked["Location"].partition("#")[0]).content.decode()
    assert f'value="{code[1]}"' in page
    assert 'value="Coffee"' in page


def test_items_are_added_changed_and_removed(client: Client) -> None:
    draft = portal.filled(client)
    more = client.post(item_url(draft), portal.ITEM | {"act": "another"})
    assert more["Location"] == item_url(draft, 2)
    client.post(item_url(draft, 2), portal.ITEM | {"description": "Second", "act": "next"})
    assert "Second" in client.get(reverse("portal:items", args=[draft])).content.decode()
    assert client.get(item_url(draft, 4)).status_code == 404
    asked = reverse("portal:item-remove", args=[draft, 1])
    assert "Remove this item?" in client.get(asked).content.decode()
    client.post(asked)
    (left,) = content_of(draft)["items"]  # type: ignore[misc]
    assert left["description"] == "Second"


def test_a_preference_needs_its_proof(client: Client) -> None:
    draft = portal.begun(client)
    asked = portal.ITEM | {"preference": "300", "origin": "KE"}
    assert client.post(item_url(draft), asked).status_code == 422
    with_proof = asked | {"paper_1_code": "N862", "paper_1_id": "EUR1-7", "act": "next"}
    assert client.post(item_url(draft), with_proof).status_code == 302


def test_the_estimate_is_the_assessment_and_says_what_is_missing(client: Client) -> None:
    draft = portal.begun(client)
    page = client.get(reverse("portal:estimate", args=[draft])).content.decode()
    assert "There are no goods yet" in page
    draft = portal.filled(client, reference="MY-2")
    page = client.get(reverse("portal:estimate", args=[draft])).content.decode()
    assert "Value added tax" in page
    assert "How this was worked out" in page


def test_a_permit_that_is_needed_is_told_while_one_fills_in_the_goods(client: Client) -> None:
    draft = portal.filled(client, code="0701900000", description="Fresh potatoes", origin="EG")
    page = client.get(reverse("portal:items", args=[draft])).content.decode()
    assert "need a permit of National Plant Health Service" in page


def test_a_broker_declares_for_a_principal_within_its_mandate(trader: Organisation) -> None:
    agent = accounts.organisation()
    Mandate.objects.create(
        principal=trader, agent=agent, scope="import", direct=False, valid_from=clock.now() - timedelta(days=1)
    )
    client = portal.browser(accounts.user(Role.BROKER, of=agent))
    draft = portal.begun(client)
    assert trader.name in client.get(portal.part_url(draft, "parties")).content.decode()
    client.post(portal.part_url(draft, "parties"), portal.PARTIES | {"principal": str(trader.pk)})
    content = content_of(draft)
    assert content["importer"]["id"] == trader.identifier  # type: ignore[index]
    assert content["representative"]["status"] == "indirect"  # type: ignore[index]
    assert content["declarant"]["id"] == agent.identifier  # type: ignore[index]
    out = portal.begun(client, direction_asked="export", reference="OUT-1")
    refused = client.post(portal.part_url(out, "parties"), portal.PARTIES | {"principal": str(trader.pk)})
    assert refused.status_code == 422
    assert "no mandate for this direction" in refused.content.decode()


def test_an_export_names_customer_exit_and_no_preference(client: Client, trader: Organisation) -> None:
    draft = portal.begun(client, direction_asked="export")
    client.post(portal.part_url(draft, "parties"), portal.PARTIES | {"country": "NL"})
    client.post(portal.part_url(draft, "transport"), portal.TRANSPORT | {"country": "NL"})
    client.post(portal.part_url(draft, "costs"), portal.COSTS | {"freight": "", "insurance": ""})
    goods = portal.ITEM | {"procedure": "1000", "origin": "ZZ", "code": "0901110000", "unit": "", "quantity": ""}
    client.post(item_url(draft), goods)
    assert 'name="preference"' not in client.get(item_url(draft)).content.decode()
    sent = client.post(reverse("portal:check", args=[draft]), {"agreed": "on"})
    assert sent.status_code == 302, sent.content.decode()
    message = declaration_snapshot(draft).message
    assert (message.type_code, message.exit_office, message.destination_country) == ("EXA", "ZZ000101", "NL")
    assert message.exporter is not None
    assert message.exporter.id == trader.identifier
    assert message.consignee is not None


def test_changing_the_direction_changes_the_roles(client: Client, trader: Organisation) -> None:
    draft = portal.filled(client)
    client.post(portal.part_url(draft, "what"), portal.WHAT | {"direction_asked": "export"})
    content = content_of(draft)
    assert content["exporter"]["id"] == trader.identifier  # type: ignore[index]
    assert content["consignee"]["name"] == portal.PARTIES["name"]  # type: ignore[index]
    assert "importer" not in content


def test_the_last_declaration_is_copied_without_what_belongs_to_it_alone(client: Client) -> None:
    empty = client.post(reverse("portal:copy"))
    assert empty["Location"] == reverse("portal:list")
    first = portal.lodged(client)
    sent = client.post(reverse("portal:copy"))
    copy = UUID(sent["Location"].split("/")[2])
    content = content_of(copy)
    assert copy != first
    assert content["lrn"] not in ("", "MY-1")
    assert "equipment" not in content
    assert content["items"][0]["description"] == portal.ITEM["description"]  # type: ignore[index]


def test_a_draft_is_thrown_away_after_asking(client: Client) -> None:
    draft = portal.begun(client)
    address = reverse("portal:discard", args=[draft])
    assert "Throw away this draft?" in client.get(address).content.decode()
    client.post(address)
    assert not Declaration.objects.filter(pk=draft).exists()


@pytest.mark.parametrize(("name", "most"), [("tasks", 14), ("items", 12), ("estimate", 14), ("check", 16)])
def test_the_pages_of_a_draft_ask_few_questions_however_many_the_goods(client: Client, name: str, most: int) -> None:
    draft = portal.filled(client)
    address = reverse(f"portal:{name}", args=[draft])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in (2, 3, 4):
        client.post(item_url(draft, number), portal.ITEM | {"act": "next"})
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) <= len(few) + 1  # Every few seconds one question asks whether the code lists have changed.
    assert len(many) <= most, [query["sql"][:90] for query in many.captured_queries]


def test_text_of_others_is_only_text(client: Client) -> None:
    draft = portal.begun(client)
    evil = "<script>alert(1)</script>"
    client.post(portal.part_url(draft, "parties"), portal.PARTIES | {"name": evil})
    client.post(item_url(draft), portal.ITEM | {"description": evil, "net": "x\x00y"})
    for address in (portal.part_url(draft, "parties"), reverse("portal:check", args=[draft]), item_url(draft)):
        assert evil not in client.get(address).content.decode()
