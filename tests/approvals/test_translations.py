"""Every sentence of approvals is there in French and Arabic."""

import pytest

import singlewindow.approvals
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_approvals_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.approvals)
    assert len(sentences) > 40
    assert sorted(sentences - known(singlewindow.approvals, language)) == []
