"""`manage.py screening_load`: a person with a password proposes; nothing goes live by it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from singlewindow.accounts.permissions import Role
from singlewindow.screening.models import ListVersion
from singlewindow.screening.selectors import live_set
from tests.factories import accounts
from tests.factories.screening import SDN_ALTERNATES, sdn_files, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for file in sdn_files():
        (tmp_path / file.name).write_bytes(file.content)
    return [str(tmp_path / file.name) for file in sdn_files()]


@pytest.fixture
def analyst(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CSW_PASSWORD", accounts.PASSWORD)
    return accounts.user(Role.RISK_ANALYST).username


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("screening_load", *arguments, stdout=out)
    return out.getvalue()


def test_it_loads_and_proposes_and_nothing_is_in_force(files: list[str], analyst: str) -> None:
    told = run(*files, "--by", analyst, "--published", "2026-11-01")
    assert "ofac-sdn: 5 entries, 9 names, 2 addresses" in told
    assert "waits for another person" in told
    assert str(ListVersion.objects.get().published_on) == "2026-11-01"
    assert live_set().version == ""
    assert "here already, unchanged" in run(*files, "--by", analyst)


def test_a_name_without_its_password_proposes_nothing(
    files: list[str], analyst: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSW_PASSWORD", "wrong")
    with pytest.raises(CommandError):
        run(*files, "--by", analyst)
    assert not ListVersion.objects.exists()


def test_it_tells_every_finding_and_keeps_nothing(tmp_path: Path, analyst: str) -> None:
    broken = tmp_path / "alt.csv"
    broken.write_bytes(table("alt.csv", SDN_ALTERNATES).content)
    with pytest.raises(CommandError, match="SC-LST-04"):
        run(str(broken), "--by", analyst)
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        run(str(tmp_path / "nowhere.csv"), "--by", analyst)
    assert not ListVersion.objects.exists()


def test_who_may_not_edit_risk_is_refused(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSW_PASSWORD", accounts.PASSWORD)
    with pytest.raises(CommandError):
        run(*files, "--by", accounts.user(Role.OFFICER).username)


def test_the_published_lists_load_whole(shared_inputs: Path, analyst: str) -> None:
    paths = [str(path) for path in sorted((shared_inputs / "sanctions").iterdir()) if "pairs" not in path.name]
    assert run(*paths, "--by", analyst).count("waits for another person") == 4
