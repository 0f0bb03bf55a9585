"""Every sentence of the agencies is there in French and Arabic."""

import pytest

import agencies
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_the_agencies_is_left_untranslated(language: str) -> None:
    sentences = said(agencies)
    assert len(sentences) > 110
    assert sorted(sentences - known(agencies, language)) == []
