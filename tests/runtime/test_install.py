"""The install step: done once for each state of the lock, and the locks name no registry."""

import re

import pytest

from singlewindow.runtime import install as installing
from singlewindow.settings.env import PROJECT_ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_an_unchanged_lock_is_not_installed_again(tmp_path, monkeypatch):
    lock, stamp = tmp_path / "a.lock", tmp_path / "stamp"
    lock.write_text("# nothing to install\n")
    assert installing.install(lock, stamp) == 0
    first = stamp.read_text()
    monkeypatch.setattr(installing.subprocess, "Popen", None)  # a second call would fail on it
    assert installing.install(lock, stamp) == 0
    assert stamp.read_text() == first


def test_a_lock_that_cannot_be_installed_leaves_no_stamp(tmp_path, capsys):
    lock, stamp = tmp_path / "a.lock", tmp_path / "stamp"
    lock.write_text("no-hash-given==1.0\n")
    assert installing.install(lock, stamp) == 1
    assert not stamp.exists()
    assert "could not be installed" in capsys.readouterr().out


@pytest.mark.parametrize("name", LOCKS)
def test_every_library_is_locked_with_its_hashes_and_no_host_is_named(name):
    text = (PROJECT_ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^--", text, re.MULTILINE)  # no option, so no address of a registry
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert len(entries) > 50
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_two_locks_agree_on_every_version_and_no_second_driver_is_there():
    pins = [dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (PROJECT_ROOT / name).read_text(), re.M)) for name in LOCKS]
    assert pins[0].items() <= pins[1].items()
    assert "psycopg" not in pins[1]
    assert pins[0]["django"].startswith("5.2.")
