"""Every sentence of the portal is there in French and Arabic."""

import pytest

import singlewindow.portal
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_the_portal_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.portal)
    assert len(sentences) > 250
    assert sorted(sentences - known(singlewindow.portal, language)) == []
