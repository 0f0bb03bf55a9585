"""Every sentence of the pages of entry summary declarations is there in French and Arabic."""

import pytest

import singlewindow.ens as ens
from singlewindow.ens.rules.assessment import RISK_RULES
from singlewindow.ens.states import EntryState, QuestionCode
from singlewindow.ens.words import FINDINGS, QUESTIONS, STATE_SENTENCES
from tests.factories.translations import known, said


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_is_left_untranslated(language: str) -> None:
    sentences = said(ens)
    assert len(sentences) > 90
    assert sorted(sentences - known(ens, language)) == []


def test_each_rule_question_and_state_has_its_words() -> None:
    assert {rule: str(words) for rule, words in FINDINGS.items()} == {
        rule.id: rule.sentence for rule in RISK_RULES.values()
    }
    assert set(QUESTIONS) == {code.value for code in QuestionCode}
    assert set(STATE_SENTENCES) == set(EntryState)
