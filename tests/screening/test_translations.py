"""Every sentence of the screening pages is there in French and Arabic, compiled."""

import pytest
from babel.messages.mofile import read_mo

import singlewindow.screening
from tests.factories.translations import catalogue, folder, known, said, texts_of


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_screening_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.screening)
    assert len(sentences) > 70
    assert sorted(sentences - known(singlewindow.screening, language)) == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    with (folder(singlewindow.screening) / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as compiled:
        built = dict(texts_of(read_mo(compiled)))
    assert built == dict(texts_of(catalogue(singlewindow.screening, language)))
