"""Measure ours against its limit; one JSON object a line. Names on the command line choose measurements."""

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()

    from benchmarks.run import main  # the demonstration's names live beside its tables

    main(sys.argv[1:])
