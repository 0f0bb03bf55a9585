"""Every sentence of the webhook pages is there in French and Arabic."""

import pytest

import singlewindow.webhooks
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_webhooks_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.webhooks)
    assert len(sentences) > 60
    assert sorted(sentences - known(singlewindow.webhooks, language)) == []
