"""Every sentence of the pages is there in French and Arabic, and the compiled catalogue is the written one."""

import pytest
from babel.messages.mofile import read_mo

import singlewindow.web
from tests.factories.translations import catalogue, folder, known, said, texts_of


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_is_left_untranslated(language: str) -> None:
    entries = [entry for entry in catalogue(singlewindow.web, language) if entry.id]
    untranslated = [
        entry.id
        for entry in entries
        if not (all(entry.string) if isinstance(entry.string, tuple | list) else entry.string)
    ]
    assert untranslated == []
    assert not [entry.id for entry in entries if entry.fuzzy]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    place = folder(singlewindow.web) / "locale" / language / "LC_MESSAGES"
    with (place / "django.mo").open("rb") as compiled:
        built = dict(texts_of(read_mo(compiled)))
    assert built == dict(texts_of(catalogue(singlewindow.web, language)))


def test_every_sentence_of_the_templates_and_the_code_is_in_the_catalogues() -> None:
    sentences = said(singlewindow.web)
    assert len(sentences) > 150
    assert sorted(sentences - known(singlewindow.web, "fr")) == []
