"""What an app says in its pages and code, and which of it a reader of another language gets in it."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import singlewindow.web

SENTENCE = re.compile(r"""(?:\b(?:n?gettext(?:_lazy|_noop)?)|\b_)\(\s*u?(['"])(.*?)(?<!\\)\1""")
"""The first text of each call that translates, in code and in what templates become for translators."""


def folder(app: ModuleType) -> Path:
    """Where the app lies."""
    return Path(str(app.__file__)).parent


def catalogue(app: ModuleType, language: str) -> Catalog:
    """The app's own catalogue, as written."""
    with (folder(app) / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def texts_of(messages: Catalog) -> Iterator[tuple[str, list[str]]]:
    """Each sentence by its first form, with its translations."""
    for entry in messages:
        if entry.id and not entry.fuzzy:
            key = entry.id if isinstance(entry.id, str) else entry.id[0]
            yield key, [entry.string] if isinstance(entry.string, str) else list(entry.string)


def said(app: ModuleType) -> set[str]:
    """Every sentence that the app's templates and code mark for translation."""
    place = folder(app)
    sources = [templatize(path.read_text()) for path in place.rglob("templates/**/*.html")]
    sources += [path.read_text() for path in place.rglob("*.py") if "migrations" not in path.parts]
    return {text for source in sources for _, text in SENTENCE.findall(source)}


def known(app: ModuleType, language: str) -> set[str]:
    """Sentences that a reader of the language gets in it, from the app's catalogue or the window's."""
    return {
        text
        for owner in (app, singlewindow.web)
        for text, forms in texts_of(catalogue(owner, language))
        if forms and all(forms)
    }
