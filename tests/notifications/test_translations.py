"""Every sentence of the messages of a declaration is there in French and Arabic."""

import pytest

import singlewindow.notifications
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_notifications_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.notifications)
    assert len(sentences) > 10
    assert sorted(sentences - known(singlewindow.notifications, language)) == []
