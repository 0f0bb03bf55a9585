"""Every sentence of the portal is there in French and Arabic."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import singlewindow.portal
import singlewindow.web

APP = Path(singlewindow.portal.__file__).parent
WEB = Path(singlewindow.web.__file__).parent

SENTENCE = re.compile(r"""(?:\b(?:n?gettext(?:_lazy|_noop)?)|\b_)\(\s*u?(['"])(.*?)(?<!\\)\1""")
"""The first text of each call that translates, in code and in what templates become for translators."""


def known(language: str) -> set[str]:
    """Sentences that a reader of the language gets in it, from the portal's catalogue or the window's."""
    found = set()
    for folder in (APP, WEB):
        with (folder / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
            for entry in read_po(file, locale=language):
                whole = all(entry.string) if isinstance(entry.string, (tuple, list)) else entry.string
                if entry.id and whole and not entry.fuzzy:
                    found.add(entry.id if isinstance(entry.id, str) else entry.id[0])
    return found


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_the_portal_is_left_untranslated(language: str) -> None:
    sources = [templatize(path.read_text()) for path in APP.rglob("templates/**/*.html")]
    sources += [path.read_text() for path in APP.rglob("*.py")]
    said = {text for source in sources for _, text in SENTENCE.findall(source)}
    assert len(said) > 250
    assert sorted(said - known(language)) == []
