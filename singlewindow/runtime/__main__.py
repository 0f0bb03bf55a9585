"""`python -m singlewindow.runtime run|reset|browser`: what the Makefile calls."""

import shutil
import sys
from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured

from singlewindow.runtime.browser import BrowserMissing, chromium_ensure
from singlewindow.runtime.instance import PortBusy, instance_run, say
from singlewindow.runtime.lock import HomeBusy, home_locked
from singlewindow.runtime.servers import ServerFailed, places_for
from singlewindow.settings.env import Environment, environment


def reset(read: Environment) -> None:
    """Empty the embedded data of a home that no instance uses."""
    with home_locked(read.home, address="being emptied"):
        places = places_for(read.home)
        for folder in (places.database, places.broker, places.sockets, places.log, read.home / "static"):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(read.home / "files", ignore_errors=True)
        (read.home / "accounts.txt").unlink(missing_ok=True)
        for path in places.run.iterdir():
            if path.is_file() and path.name != "lock":
                path.unlink()
    say(f"The embedded data in {read.home} is empty. DATABASE_URL and REDIS_URL servers were not touched.")


def browser(read: Environment) -> None:
    """Find or install the Chromium of the browser tests."""
    del read
    say(f"Chromium: {chromium_ensure(say)}")


def main() -> int:
    """Do what the argument says; wrong settings, a busy port or home end in one sentence and code 1."""
    actions: dict[str, Callable[[Environment], None]] = {"run": instance_run, "reset": reset, "browser": browser}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        say(f"usage: python -m singlewindow.runtime {'|'.join(actions)}")
        return 2
    try:
        actions[sys.argv[1]](environment())
    except (HomeBusy, PortBusy, ServerFailed, ImproperlyConfigured, BrowserMissing) as error:
        sys.stdout.flush()
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
