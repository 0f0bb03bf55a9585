"""Settings of the tests: as in use, but quicker where speed changes no behaviour under test."""

from singlewindow.settings.base import *  # noqa: F403  (a settings module is the base plus its differences)
from singlewindow.settings.base import DATABASES, STORAGES

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # signing in costs 1 ms instead of 100
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["CONN_MAX_AGE"] = 0
REFERENCE_CHECK_SECONDS = 3600  # asking every two seconds whether code lists changed would spoil counts of queries
