"""Every sentence of cargo is there in French and Arabic."""

import pytest

import singlewindow.cargo
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_cargo_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.cargo)
    assert len(sentences) > 60
    assert sorted(sentences - known(singlewindow.cargo, language)) == []
