"""Every sentence of duties, fees and accounts is there in French and Arabic."""

import pytest

import fees
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_fees_and_accounts_is_left_untranslated(language: str) -> None:
    sentences = said(fees)
    assert len(sentences) > 100
    assert sorted(sentences - known(fees, language)) == []
