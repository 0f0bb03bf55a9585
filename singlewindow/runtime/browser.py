"""The Chromium of the browser tests: found, else installed the way the machine allows."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class BrowserMissing(RuntimeError):
    """No Chromium, and no way found to install one; the text says what to do."""


def chromium_path() -> str | None:
    """Return the path of an installed Chromium, None when there is none."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    own = sorted(cache.glob("chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def chromium_ensure(say: Callable[[str], None]) -> str:
    """Return the path of a Chromium, installing one where there is none.

    Raises:
        BrowserMissing: no way of installing worked.
    """
    found = chromium_path()
    for title, commands in _ways():
        if found:
            break
        say(f"No Chromium found; trying {title} ...")
        if all(_works(command) for command in commands):
            found = chromium_path()
    if found is None:
        raise BrowserMissing(
            "The browser tests need Chromium, and none could be installed here. Install it by hand "
            "(Debian or Ubuntu: sudo apt-get install chromium; others: .venv/bin/playwright install chromium) "
            "and run make test again."
        )
    return found


def _ways() -> list[tuple[str, list[list[str]]]]:
    ways = []
    if shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        install = [*prefix, "apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
        ways.append(("the machine's own packages", [[*prefix, "apt-get", "update"], install]))
    ways.append(("Playwright's own", [[sys.executable, "-m", "playwright", "install", "chromium"]]))
    return ways


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=600).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
