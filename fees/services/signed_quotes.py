"""Quotes that bind: signed until the tariff or the day changes, and proved by anyone who holds one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from fees.models import SignedQuote
from fees.selectors.tariff import tariff_current
from fees.services.quotes import Quote, profile_and_day
from fees.signing import SignatureRefused, sign, verified
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import to_minor
from singlewindow.reference.selectors import profile

KEEP_SQL = """
INSERT INTO fees_signedquote (id, organisation_id, made_at, sha256, "on", tariff, total_minor, currency, valid_until,
    key_id, signature)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (organisation_id, sha256) DO NOTHING RETURNING id
"""
CLAIMS = frozenset({"iss", "form", "sha256", "date", "tariff", "currency", "total", "valid_until", "issued_at"})


class QuoteStanding(StrEnum):
    """Whether a genuine quote still says what the goods cost."""

    VALID = "valid"  # Goods accepted today cost this.
    NOT_YET = "not_yet"  # It is for a later day, and holds then if the tariff is the same.
    EXPIRED = "expired"  # Its day is over.
    TARIFF_CHANGED = "tariff_changed"  # Another tariff stands now.


@dataclass(frozen=True, slots=True)
class QuoteSignature:
    """What goes beside the bytes of a quote."""

    signature: str
    key_id: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class QuoteProof:
    """Whether a quote is ours, and what it is worth now."""

    genuine: bool
    reason: str = ""
    """`signature`: no key of ours made it; `content`: it was made for other bytes. Empty for a genuine one."""
    standing: QuoteStanding | None = None
    claims: Mapping[str, str] | None = None
    key_id: str = ""


def quote_sign(quote: Quote, *, actor: Actor, at: datetime | None = None) -> QuoteSignature:
    """Sign a quote; for an organisation it is kept as well, so that its assessment can say "as quoted".

    A visitor's quote is signed and not kept: the signature alone proves it.

    Idempotent: an organisation's same quote is kept once.

    Source: FE-QTE-01 to FE-QTE-03 (domain.md F50).
    """
    now = at or clock.now()
    assessment = quote.assessment
    country = profile(assessment.on)
    until = datetime.combine(assessment.on + timedelta(days=1), time(0), tzinfo=ZoneInfo(country.time_zone))
    claims: dict[str, JsonValue] = {
        "iss": country.country_code,
        "form": "assessment",
        "sha256": quote.sha256,
        "date": assessment.on.isoformat(),
        "tariff": assessment.tariff,
        "currency": assessment.currency,
        "total": f"{assessment.total:f}",
        "valid_until": _utc(until),
        "issued_at": _utc(now),
    }
    signature, key_id = sign(claims)
    made = QuoteSignature(signature, key_id, until)
    if actor.organisation_id is not None:
        _keep(quote, made, actor, actor.organisation_id, now)
    return made


def _keep(quote: Quote, made: QuoteSignature, actor: Actor, organisation_id: UUID, at: datetime) -> None:
    assessment = quote.assessment
    total = to_minor(assessment.total, assessment.currency)
    quote_id = uuid7()
    with unit_of_work() as work:
        values = (
            *(quote_id, organisation_id, at, quote.sha256, assessment.on, assessment.tariff, total),
            *(assessment.currency, made.valid_until, made.key_id, made.signature),
        )
        if not work.fetch(KEEP_SQL, values):
            return
        event_record(
            work,
            actor=actor,
            verb=Verb.QUOTE_SIGNED,
            subject_type="quote",
            subject_id=str(quote_id),
            data={"sha256": quote.sha256, "tariff": assessment.tariff, "on": assessment.on.isoformat()},
            at=at,
        )


def quote_prove(
    signature: str, *, notice: JsonValue = None, sha256: str = "", at: datetime | None = None
) -> QuoteProof:
    """Whether a signature of ours stands over a notice, and whether it still holds.

    Args:
        notice: the quote as JSON; its canonical form is what was signed. Or
        sha256: of its bytes, as the holder computed it.

    Source: FE-QTE-04.
    """
    try:
        claims, key_id = verified(signature)
    except SignatureRefused:
        return QuoteProof(genuine=False, reason="signature")
    if set(claims) != CLAIMS:
        return QuoteProof(genuine=False, reason="signature")
    if (sha256 or _sha256_of(notice)) != claims["sha256"]:
        return QuoteProof(genuine=False, reason="content")
    return QuoteProof(genuine=True, standing=_standing(claims, at or clock.now()), claims=claims, key_id=key_id)


def quoted_as(sha256: str, organisation_ids: list[UUID]) -> datetime | None:
    """When one of the organisations was quoted exactly this, or nothing."""
    rows = SignedQuote.objects.filter(organisation_id__in=organisation_ids, sha256=sha256)
    return rows.order_by("made_at").values_list("made_at", flat=True).first()


def _standing(claims: Mapping[str, str], at: datetime) -> QuoteStanding:
    today = profile_and_day(at)[1].isoformat()
    if today > claims["date"]:
        return QuoteStanding.EXPIRED
    if tariff_current().label != claims["tariff"]:
        return QuoteStanding.TARIFF_CHANGED
    return QuoteStanding.VALID if today == claims["date"] else QuoteStanding.NOT_YET


def _sha256_of(notice: JsonValue) -> str:
    try:
        return sha256_hex(canonical_bytes(notice))
    except TypeError:  # a number that is no whole one of 64 bits: no notice of ours holds such
        return ""


def _utc(at: datetime) -> str:
    return at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
