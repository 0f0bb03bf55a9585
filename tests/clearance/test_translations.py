"""Every sentence of the desk is there in French and Arabic."""

import pytest

import clearance
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_the_desk_is_left_untranslated(language: str) -> None:
    sentences = said(clearance)
    assert len(sentences) > 150
    assert sorted(sentences - known(clearance, language)) == []
