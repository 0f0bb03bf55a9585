"""Every sentence of the quotas is there in French and Arabic."""

import pytest

import singlewindow.quotas
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_the_quotas_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.quotas)
    assert len(sentences) > 60
    assert sorted(sentences - known(singlewindow.quotas, language)) == []
