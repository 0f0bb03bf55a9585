"""What a parent loads before it forks: the models that are watched or score are among it."""

import pytest

from risk.types import RuleChange, RuleChangeKind
from singlewindow.learning.selectors import model_load
from singlewindow.runtime.warm import warm
from tests.factories.governance import change_live, model_registered


@pytest.mark.django_db(transaction=True)
def test_a_parent_holds_the_models_of_the_rule_set_in_force() -> None:
    model_load.cache_clear()
    warm()
    assert model_load.cache_info().currsize == 0
    made = model_registered()
    change_live(RuleChange(RuleChangeKind.SHADOW, {"hashes": [made]}))
    model_load.cache_clear()
    warm()
    assert model_load.cache_info().currsize == 1
    model_load(made)
    assert model_load.cache_info().hits == 1
