"""The description of the API: valid, complete, true, and open in a browser without a complaint."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def described(django_db_setup: None) -> dict[str, Any]:
    """The description as it is served."""
    return dict(Client().get("/api/schema.json").json())


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_OpenAPI_3_1_and_names_every_REST_address(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    names = [operation["operationId"] for _, operation in operations(described)]
    assert len(names) == len(set(names)) >= 9


def test_each_operation_says_how_it_refuses_with_an_example_of_each_refusal(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        refusals = {status for status in operation["responses"] if status >= "400"}
        assert {"401", "500"} <= refusals, name
        if name.startswith("POST"):
            assert {"400", "413", "415", "422"} <= refusals, name
        for status in refusals:
            content = operation["responses"][status]["content"][PROBLEM]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}, name
            (example,) = content["examples"].values()
            assert example["value"]["status"] == int(status)


def test_each_answer_and_each_body_has_an_example_that_fits_its_schema(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        bodies = [(operation.get("requestBody") or {}).get("content", {})]
        bodies += [response.get("content", {}) for response in operation["responses"].values()]
        for content in bodies:
            for media, body in content.items():
                if "xml" in media and not body.get("examples"):
                    continue
                assert body.get("examples"), (name, media)
                for example in body["examples"].values():
                    _fits(example["value"], body["schema"], described, name)


def _fits(value: Any, schema: dict[str, Any], described: dict[str, Any], name: str) -> None:
    whole = {**schema, "components": described["components"]}
    errors = list(jsonschema.Draft202012Validator(whole).iter_errors(value))
    assert not errors, (name, errors[0].message, list(errors[0].absolute_path))


def test_quotes_and_statistics_are_public_and_everything_else_needs_a_token(described: dict[str, Any]) -> None:
    public = [name for name, operation in operations(described) if not any(operation.get("security") or [])]
    callbacks = "POST /api/v1/payments/callbacks/{provider}"  # a provider's signature stands for a token
    costs = {"POST /api/v1/quotes", "POST /api/v1/quotes/verify", "POST /api/v1/charges/estimate"}
    law = {
        "GET /api/v1/tariff/search",
        "GET /api/v1/tariff/{code}",
        "GET /api/v1/quotas",
        "GET /api/v1/quotas/{number}",
    }
    assert set(public) == {"GET /api/v1/statistics/compliance", callbacks} | costs | law


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_opens_in_a_browser_and_the_policy_blocks_nothing_of_it(live_server: LiveServer, page: Page) -> None:
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/api/docs")
    page.wait_for_selector(".opblock")
    assert page.locator(".opblock").count() >= 9
    page.locator("#operations-declarations-declarations_lodge .opblock-summary-control").click()
    page.wait_for_selector(".opblock-body")
    assert "INV-2026-0815" in page.locator(".opblock-body").inner_text()
    assert complaints == []
