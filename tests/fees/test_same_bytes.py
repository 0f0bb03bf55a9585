"""N06 and F50: a quote and the assessment of the same data on the same day are the same bytes, ten thousand times."""

import random
from datetime import UTC, datetime

import pytest

from declarations.schemas import DeclarationMessage
from fees.rules.facts import facts_of
from fees.selectors import assessment_for
from fees.selectors.tariff import _built, tariff_current
from fees.services import assessment_make, quote_make
from fees.services.quotes import assessed
from fees.types import AssessmentKind
from singlewindow.db.work import unit_of_work
from tests.factories import accounts
from tests.factories import fees as make
from tests.factories.generated import message_generated

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PURE, STORED = 9_600, 400


def test_N06_quote_and_assessment_are_the_same_bytes_for_9600_generated_declarations_in_memory(loaded):
    """The quote reads the message as it was sent, under one index of the tariff; the assessment reads it back from its
    canonical bytes, as it is stored, under an index built anew from the database."""
    chance = random.Random(20261122)
    first = tariff_current()
    _built.clear()
    second = tariff_current()
    assert first is not second
    seen = set()
    for _ in range(PURE):
        message = message_generated(chance, 3)
        quote = assessed(facts_of(message), at=AT, tariff=first)
        stored = DeclarationMessage.model_validate_json(message.canonical_bytes())
        assert assessed(facts_of(stored), at=AT, tariff=second).canonical == quote.canonical
        seen.add(quote.sha256)
    assert len(seen) == PURE


def test_N06_quote_and_stored_assessment_are_the_same_bytes_for_400_generated_declarations(loaded):
    chance, payer = random.Random(20261123), accounts.organisation().pk
    for _ in range(STORED):
        message = message_generated(chance)
        quote = quote_make(message, at=AT)
        snapshot = make.snapshot(message, lodged_by=payer)
        with unit_of_work() as work:
            summary = assessment_make(work, snapshot, at=AT, kind=AssessmentKind.ASSESSMENT)
        assert summary.sha256 == quote.sha256
        assert assessment_for(snapshot.id).canonical == quote.canonical
