"""Every feature is said in words, in every language of the window."""

import pytest
from django.utils import translation

import singlewindow.learning
from singlewindow.learning.rules.encoding import feature_names
from singlewindow.learning.rules.specs import KNOWN_KEYS, PLATFORM, RISK_DATA
from singlewindow.learning.selectors import base_words, feature_words
from singlewindow.learning.selectors.words import COLUMNS
from tests.factories.translations import known, said


@pytest.mark.parametrize("spec", [RISK_DATA, PLATFORM], ids=lambda spec: spec.name)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_feature_has_a_sentence_of_its_own(spec, language: str) -> None:
    with translation.override(language):
        sentences = [feature_words(name).sentence for name in feature_names(spec)]
    assert len(set(sentences)) == len(sentences)
    assert not [sentence for sentence in sentences if ":" in sentence and "*" in sentence]


def test_every_column_has_a_name() -> None:
    assert set(COLUMNS) >= KNOWN_KEYS


def test_a_feature_is_said_in_plain_words() -> None:
    with translation.override("en"):
        words = feature_words("fraud:hs6*origin")
        assert words.sentence == (
            "How often earlier items with the same HS code (six digits), country of origin were found wrong"
        )
        assert words.group == feature_words("rows:hs6*origin").group
        assert feature_words("number:findings_90").sentence == "As declared: findings 90"
        assert base_words() == "The usual risk of all items"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_learning_is_left_untranslated(language: str) -> None:
    sentences = said(singlewindow.learning)
    assert len(sentences) > 25
    assert sorted(sentences - known(singlewindow.learning, language)) == []
