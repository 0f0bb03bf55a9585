"""Every sentence of risk, those of its rules among them, is there in French and Arabic."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

import risk
from risk.rules.rule_set import RULE_SET
from risk.rules.scoring import ADJUSTMENTS
from singlewindow.accounts.permissions import Role
from tests.factories import accounts
from tests.factories.translations import catalogue, known, said, texts_of


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_risk_is_left_untranslated(language: str) -> None:
    sentences = said(risk)
    assert len(sentences) > 60
    assert sorted(sentences - known(risk, language)) == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_of_a_rule_is_left_untranslated(language: str) -> None:
    sentences = {in_catalogue(text) for text in [rule.sentence for rule in RULE_SET.rules] + list(ADJUSTMENTS.values())}
    assert len(sentences) > 40
    assert sorted(sentences - known(risk, language)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_list_of_rules_says_every_rule_in_the_readers_language(client: Client, language: str) -> None:
    client.force_login(accounts.user(Role.RISK_ANALYST), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("risk:rules"), headers={"accept-language": language}).content.decode()
    written = dict(texts_of(catalogue(risk, language)))
    shown = [written[in_catalogue(rule.sentence)][0].replace("%%", "%") for rule in RULE_SET.rules]
    assert [text for text in shown if escape(text) not in page] == []


def in_catalogue(sentence: str) -> str:
    """A sentence as `{% translate %}` looks it up: it doubles the percent signs of what it is given."""
    return sentence.replace("%", "%%")
