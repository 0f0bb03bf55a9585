"""What every test may count on: the embedded servers run, and the address of no other machine is needed."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from singlewindow.runtime.browser import chromium_ensure
from tests.emptying import emptied_quickly
from tests.lock_watch import watching
from tests.schema_kept import schema_kept

# Playwright's synchronous API keeps an event loop in the thread; the ORM of the test itself is still synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def shared_inputs() -> Path:
    """The folder of sample inputs beside the project; tests that read it are skipped where it is absent."""
    folder: Path = settings.CSW_SHARED / "inputs"
    if not folder.is_dir():
        pytest.skip(f"no sample inputs at {folder}")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _tables_of_the_last_run(request: pytest.FixtureRequest) -> Iterator[None]:
    """Migrate the database of the tests once for each state of the migrations, not at each run."""
    cache = getattr(request.config, "cache", None)  # there is none with -p no:cacheprovider
    with schema_kept(cache.mkdir("csw-tables")) if cache else nullcontext():
        yield


@pytest.fixture(scope="session", autouse=True)
def _emptied_between_transactional_tests() -> Iterator[None]:
    """Let the test runner, and only it, empty the append-only tables: their guards refuse that to everyone else."""
    with emptied_quickly():
        yield


@pytest.fixture(autouse=True)
def _country_without_control_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The country of the tests draws no control sample: one declaration in a hundred would else take another lane.

    The draw has tests of its own, which give the share themselves (tests/risk/test_scoring.py).
    """
    from declarations.types import DeclarationSnapshot
    from risk.selectors import facts_for
    from risk.types import Facts

    def without_sample(snapshot: DeclarationSnapshot) -> Facts:
        return replace(facts_for(snapshot), sample_rate=Decimal(0))

    monkeypatch.setattr("risk.services.assess.facts_for", without_sample)


@pytest.fixture(autouse=True)
def _no_tariff_left_over() -> Iterator[None]:
    """What a process remembers of the tariff is that of the database of one test: the next one has its own."""
    from fees.selectors.rates import tariff_lately_forget

    yield
    tariff_lately_forget()


@pytest.fixture(autouse=True)
def _no_language_left_over() -> Iterator[None]:
    """A request in one language leaves it active in the thread: the next test begins with the language of the house."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _locks_in_order() -> Iterator[None]:
    """Whatever a test does, rows are locked in the one order (docs/rules/locks.md, LK-01)."""
    with watching() as found:
        yield
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Start the Chromium of this machine; as root it needs to be told that there is no sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": chromium_ensure(print), "args": [*arguments, "--disable-dev-shm-usage"]}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    """Pages as most people see them: English, UTC, a laptop's window; a test that wants another makes its own."""
    return {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": 1280, "height": 900}}
