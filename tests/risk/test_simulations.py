"""RM-SIM: a period of the past replayed with a change, by jobs: the same figures whatever the order and the workers."""

import pytest

from risk.models import SimulationPart
from risk.services import replaying
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from tests.factories.simulations import done, past

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts and many jobs of few declarations."""
    monkeypatch.setattr(replaying, "PART", 20)
    monkeypatch.setattr(replaying, "CHUNK", 100)
    monkeypatch.setattr(replaying, "SLICE_S", 0.0)


def test_RM_SIM_02_a_period_is_replayed_part_by_part_to_figures_with_a_digest() -> None:
    past(300)
    run = done()
    assert run.total == 30
    assert run.done == 30
    assert not SimulationPart.objects.exists()
    result = run.result
    assert result is not None
    assert result["declarations"] == 300
    assert sum(result["live"]["lanes"].values()) == sum(result["candidate"]["lanes"].values()) == 300
    assert result["candidate"]["held"] > result["live"]["held"]
    assert sha256_hex(canonical_bytes(result)) == run.result_sha256
