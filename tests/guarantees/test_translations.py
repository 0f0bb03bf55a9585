"""Every sentence of guarantees is there in French and Arabic."""

import pytest

import singlewindow.guarantees
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_guarantees_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.guarantees)
    assert len(sentences) > 80
    assert sorted(sentences - known(singlewindow.guarantees, language)) == []
