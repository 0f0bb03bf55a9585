"""Every sentence of revenue is there in French and Arabic."""

import pytest

import singlewindow.revenue
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_revenue_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.revenue)
    assert len(sentences) > 150
    assert sorted(sentences - known(singlewindow.revenue, language)) == []
