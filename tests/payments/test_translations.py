"""Every sentence of payments is there in French and Arabic."""

import pytest

from singlewindow import payments
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_payments_is_left_untranslated(language: str) -> None:
    sentences = said(payments)
    assert len(sentences) > 150
    assert sorted(sentences - known(payments, language)) == []
