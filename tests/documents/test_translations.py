"""Every sentence of documents is there in French and Arabic."""

import pytest

import singlewindow.documents
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_documents_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.documents)
    assert len(sentences) > 60
    assert sorted(sentences - known(singlewindow.documents, language)) == []
