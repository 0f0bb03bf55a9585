#!/usr/bin/env python
"""Django's command line for this project; where nothing runs yet, a command brings the servers it needs."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    from django.core.exceptions import ImproperlyConfigured

    from singlewindow.runtime.on_demand import prepare_for_command, servers_for_command
    from singlewindow.settings.env import environment

    try:
        read = environment()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    with servers_for_command(read, sys.argv) as new:
        environment.cache_clear()  # what was just started is in the environment now
        if new:
            prepare_for_command(sys.argv)
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
