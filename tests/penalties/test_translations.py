"""Every sentence of penalties is there in French and Arabic."""

import pytest

import singlewindow.penalties
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_penalties_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.penalties)
    assert len(sentences) > 50
    assert sorted(sentences - known(singlewindow.penalties, language)) == []
