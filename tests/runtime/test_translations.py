"""Catalogues are compiled without gettext's own tools, and only when they changed."""

import gettext
import os

import pytest

from singlewindow.runtime.translations import translations_compile

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Declaration"
msgstr "Déclaration"

#, fuzzy
msgid "Goods"
msgstr "Peut-être des marchandises"
"""


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "fees" / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "django.po"
    path.write_text(CATALOGUE)
    return path


def test_a_catalogue_is_compiled_and_a_guess_is_left_out(source, tmp_path):
    assert translations_compile(tmp_path) == 1
    with source.with_suffix(".mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("Declaration") == "Déclaration"
    assert read.gettext("Goods") == "Goods"


def test_one_that_did_not_change_is_left_alone(source, tmp_path):
    translations_compile(tmp_path)
    assert translations_compile(tmp_path) == 0
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))
    assert translations_compile(tmp_path) == 1
