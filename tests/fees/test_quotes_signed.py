"""FE-QTE: quotes are signed, kept for organisations, and proved by anyone; what was tampered with is not ours."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import DatabaseError, connection, transaction

from fees import signing
from fees.models import SignedQuote
from fees.services import quote_make
from fees.services.signed_quotes import QuoteStanding, quote_prove, quote_sign
from singlewindow.audit.models import Event
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.declarations import import_json, import_message
from tests.factories.tariff import changed, coffee_at

pytestmark = pytest.mark.django_db

QUOTES, VERIFY = "/api/v1/quotes", "/api/v1/quotes/verify"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
REDUCED = {"items": [{"commodity_code": "0901210010", "origin": "ET", "price": {"amount": "1000", "currency": "EUR"}}]}


def post(client, path, body, **headers):
    return client.post(path, orjson.dumps(body), "application/json", headers=headers)


def quoted(client, **headers):
    with clock.frozen(AT):
        answer = post(client, QUOTES, REDUCED, **headers)
    assert answer.status_code == 200, answer.content
    return answer


def proved(client, body, at=AT):
    with clock.frozen(at):
        answer = post(client, VERIFY, body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def parts(signature):
    return signature.split(".")


def test_FE_QTE_01_a_quote_is_signed_over_its_bytes_and_anyone_can_check_it_with_the_public_keys(client, loaded):
    answer = quoted(client)
    keys = {key["kid"]: key for key in client.get("/.well-known/jwks.json").json()["keys"]}
    head, claims, made = parts(answer["Quote-Signature"])

    def read(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    key = keys[json.loads(read(head))["kid"]]
    assert (key["kty"], key["crv"], "d" in key) == ("OKP", "Ed25519", False)
    public = Ed25519PublicKey.from_public_bytes(read(key["x"]))
    public.verify(read(made), f"{head}.{claims}".encode())
    told = json.loads(read(claims))
    assert told["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert (told["date"], told["total"]) == ("2026-11-20", f"{float(json.loads(answer.content)['total']):.2f}")
    assert told["valid_until"] == "2026-11-20T21:00:00Z"  # midnight in the country


def test_FE_QTE_02_a_visitors_quote_leaves_nothing_and_an_organisations_is_kept_once(client, loaded):
    quoted(client)
    assert SignedQuote.objects.count() == 0
    trader = accounts.organisation()
    bearer = f"Bearer {accounts.token(of=trader)}"
    first, second = (quoted(client, authorization=bearer) for _ in range(2))
    kept = SignedQuote.objects.get()
    assert first.content == second.content
    assert kept.organisation_id == trader.pk
    assert kept.sha256 == hashlib.sha256(first.content).hexdigest()
    assert Event.objects.filter(verb="quote.signed", subject_id=str(kept.pk)).count() == 1


@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_a_signed_quote_is_never_changed(loaded, act):
    quote_sign(quote_make(import_message(), at=AT), actor=accounts.actor())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(act.format("fees_signedquote"))


def test_FE_QTE_04_the_window_proves_a_quote_by_its_text_or_its_hash(client, loaded):
    answer = quoted(client)
    by_text = proved(client, {"quote": answer.json(), "signature": answer["Quote-Signature"]})
    by_hash = {"sha256": hashlib.sha256(answer.content).hexdigest(), "signature": answer["Quote-Signature"]}
    assert by_text == proved(client, by_hash)
    assert (by_text["genuine"], by_text["standing"]) == (True, "valid")
    assert by_text["total"]
    assert by_text["tariff"] == loaded.label


@pytest.mark.parametrize(
    ("later", "standing"),
    [(timedelta(hours=11, minutes=59), "valid"), (timedelta(hours=12), "expired"), (timedelta(days=-1), "not_yet")],
)
def test_FE_QTE_03_a_quote_holds_for_its_day_in_the_countrys_own_time(client, loaded, later, standing):
    answer = quoted(client)
    told = proved(client, {"quote": answer.json(), "signature": answer["Quote-Signature"]}, at=AT + later)
    assert told["standing"] == standing


def test_FE_QTE_03_a_quote_ends_when_the_tariff_changes(client, loaded):
    answer = quoted(client)
    changed(coffee_at("12 %"))
    told = proved(client, {"quote": answer.json(), "signature": answer["Quote-Signature"]})
    assert (told["genuine"], told["standing"]) == (True, QuoteStanding.TARIFF_CHANGED)


def test_FE_QTE_04_a_quote_of_nothing_to_pay_is_proved_too(client, loaded):
    free = import_json(1)
    free["items"][0] |= {"procedure": "7100", "price": {"amount": "0.01", "currency": "EUR"}}
    with clock.frozen(AT):
        answer = post(client, QUOTES, free)
    assert answer.json()["items"][0]["lines"][0]["amount"] == "0"
    assert proved(client, {"quote": answer.json(), "signature": answer["Quote-Signature"]})["genuine"]


def test_a_quote_with_one_figure_changed_is_not_what_was_signed(client, loaded):
    answer = quoted(client)
    changed_total = answer.json() | {"total": "1"}
    told = proved(client, {"quote": changed_total, "signature": answer["Quote-Signature"]})
    assert told == {"genuine": False, "reason": "content"}
    floated = answer.json() | {"total": 0.1}
    assert proved(client, {"quote": floated, "signature": answer["Quote-Signature"]})["reason"] == "content"


def _forged(kid):
    head = signing.encoded(orjson.dumps({"alg": "EdDSA", "kid": kid, "typ": signing.TYPE}))
    claims = signing.encoded(orjson.dumps({"sha256": "0" * 64, "total": "1"}))
    made = Ed25519PrivateKey.generate().sign(f"{head}.{claims}".encode())
    return f"{head}.{claims}.{signing.encoded(made)}"


def _other_head(**changes):
    def change(signature):
        _, claims, made = parts(signature)
        kid = signing.key_ring()[-1].key_id
        head = {"alg": "EdDSA", "kid": kid, "typ": signing.TYPE} | changes
        return f"{signing.encoded(orjson.dumps(head))}.{claims}.{made}"

    return change


FORGERIES = {
    "another key that claims to be ours": lambda _: _forged(signing.key_ring()[-1].key_id),
    "a key of its own": lambda _: _forged("not-a-key"),
    "no algorithm": _other_head(alg="none"),
    "an algorithm of shared secrets": _other_head(alg="HS256"),
    "another kind of signature": _other_head(typ="JWT"),
    "a key brought along": _other_head(jwk={"kty": "OKP"}),
    "no signature": lambda signature: ".".join((*parts(signature)[:2], "")),
    "a bit turned": lambda signature: signature[:-20] + ("A" if signature[-20] != "A" else "B") + signature[-19:],
    "claims of another": lambda signature: ".".join(
        (parts(signature)[0], signing.encoded(b'{"sha256":"0"}'), parts(signature)[2])
    ),
    "padding": lambda signature: signature + "=",
    "spare bits": lambda signature: signature[:-1] + chr(ord(signature[-1]) + 1),
    "two parts": lambda signature: ".".join(parts(signature)[:2]),
    "four parts": lambda signature: f"{signature}.x",
    "not ASCII": lambda signature: signature[:-1] + "é",
    "claims that are a list": lambda signature: ".".join((parts(signature)[0], signing.encoded(b"[]"), "")),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_signature_is_not_ours_whatever_it_claims(client, loaded, forgery):
    answer = quoted(client)
    forged = FORGERIES[forgery](answer["Quote-Signature"])
    told = proved(client, {"quote": answer.json(), "signature": forged})
    assert told == {"genuine": False, "reason": "signature"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"signature": "a.b.c"}, 400),
        ({"quote": {"a": "b"}, "sha256": "0" * 64, "signature": "a.b.c"}, 400),
        ({"sha256": "zz", "signature": "a.b.c"}, 400),
        ({"quote": {"a": "b"}, "signature": "a" * 5000}, 400),
        ({"quote": {"a": "b"}, "signature": "a.b.c", "more": 1}, 400),
        ({"quote": "x" * 1_100_000, "signature": "a.b.c"}, 413),
    ],
)
def test_what_is_no_request_to_verify_is_refused_with_a_problem(client, loaded, body, status):
    answer = post(client, VERIFY, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_a_new_key_signs_and_the_earlier_one_goes_on_proving(loaded, settings, tmp_path):
    settings.QUOTE_KEYS, settings.QUOTE_KEYS_PATH = "", tmp_path / "quote-keys"
    quote = quote_make(import_message(), at=AT)
    before = quote_sign(quote, actor=accounts.actor(), at=AT)
    assert signing.key_add() != before.key_id
    after = quote_sign(quote, actor=accounts.actor(), at=AT)
    assert after.key_id != before.key_id
    for made in (before, after):
        proof = quote_prove(made.signature, sha256=quote.sha256, at=AT)
        assert (proof.genuine, proof.key_id) == (True, made.key_id)
    assert (settings.QUOTE_KEYS_PATH.stat().st_mode & 0o777) == 0o600


def test_the_page_proves_a_quote_without_sign_in_or_script(client, loaded, django_assert_num_queries):
    answer = quoted(client)
    page = "/quotes/verify"
    assert client.get(page).status_code == 200
    with clock.frozen(AT), django_assert_num_queries(1):
        good = client.post(page, {"quote": answer.content.decode(), "signature": answer["Quote-Signature"]})
    assert b"This quote is genuine" in good.content
    bad = client.post(page, {"quote": answer.content.decode(), "signature": "a.b.c"})
    assert b"This signature is not ours" in bad.content
    other = client.post(page, {"quote": '{"total":"1"}', "signature": answer["Quote-Signature"]})
    assert b"was made for another quote" in other.content
    assert b"This is not the text of a quote" in client.post(page, {"quote": "{", "signature": "a.b.c"}).content


def test_a_quote_of_a_declaration_that_asks_for_a_quota_names_how_the_quota_stood(client, loaded):
    body = import_json(1)
    body["items"][0]["quota_order_number"] = "099999"
    with clock.frozen(AT):
        told = post(client, QUOTES, body).json()
    assert told["snapshot"]["quotas"] == [{"on": "2026-11-20", "order_number": "099999", "state": "none"}]
    assert told["notes"] == ["quota_not_in_tariff"]
