"""The one library of the system: it is there, it is installed, or whoever installs is told how."""

from collections.abc import Sequence

import pytest

from singlewindow.runtime.install import openmp_ensure, openmp_present


def test_here_it_is_present_and_nothing_is_installed() -> None:
    assert openmp_present()
    assert openmp_ensure(openmp_present, lambda command: pytest.fail(f"ran {command}"))


def test_where_it_is_missing_the_packages_of_the_machine_are_asked(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "apt-get").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    ran: list[Sequence[str]] = []

    def succeeds(command: Sequence[str]) -> bool:
        ran.append(command)
        return True

    assert openmp_ensure(lambda: len(ran) == 2, succeeds)
    assert ran[1][-1] == "libgomp1"
    assert "missing" not in capsys.readouterr().out


def test_where_nothing_can_be_installed_it_is_told_how(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not openmp_ensure(lambda: False, lambda command: False)
    assert "apt-get install libgomp1" in capsys.readouterr().out
