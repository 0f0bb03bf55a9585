"""Every sentence of the pages is there in French and Arabic, and the compiled catalogue is the written one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import singlewindow.web

WEB = Path(singlewindow.web.__file__).parent
LOCALE = WEB / "locale"

SENTENCE = re.compile(r"""(?:\b(?:n?gettext(?:_lazy)?)|\b_)\(\s*u?(['"])(.*?)(?<!\\)\1""")
"""The first text of each call that translates, in code and in what templates become for translators."""


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_is_left_untranslated(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    untranslated = [
        entry.id
        for entry in catalogue
        if entry.id and not (all(entry.string) if isinstance(entry.string, tuple) else entry.string)
    ]
    assert untranslated == []
    assert not [entry.id for entry in catalogue if entry.id and entry.fuzzy]


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    folder = LOCALE / language / "LC_MESSAGES"
    with (folder / "django.po").open("rb") as written, (folder / "django.mo").open("rb") as compiled:
        texts = dict(texts_of(read_po(written, locale=language)))
        built = dict(texts_of(read_mo(compiled)))
    assert built == texts


def texts_of(catalogue: Catalog) -> Iterator[tuple[str, list[str]]]:
    """Each sentence by its first form, with its translations."""
    for entry in catalogue:
        if entry.id:
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            yield key, [entry.string] if isinstance(entry.string, str) else list(entry.string)


def test_every_sentence_of_the_templates_and_the_code_is_in_the_catalogues() -> None:
    sources = [templatize(path.read_text()) for path in WEB.rglob("templates/**/*.html")]
    sources += [path.read_text() for path in WEB.rglob("*.py")]
    said = {text for source in sources for _, text in SENTENCE.findall(source)}
    with (LOCALE / "fr" / "LC_MESSAGES" / "django.po").open("rb") as file:
        known = dict(texts_of(read_po(file, locale="fr")))
    assert len(said) > 150
    assert sorted(said - set(known)) == []
