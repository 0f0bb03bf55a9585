"""Every sentence of captured events is there in French and Arabic."""

import pytest

import singlewindow.capture
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_captured_events_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.capture)
    assert len(sentences) > 50
    assert sorted(sentences - known(singlewindow.capture, language)) == []
