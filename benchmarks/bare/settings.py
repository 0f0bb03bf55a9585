"""Settings of the bare project: the tables of ours, none of its middleware."""

from singlewindow.settings.base import (  # noqa: F401  (settings are read by name)
    ALLOWED_HOSTS,
    AUTH_USER_MODEL,
    DATABASES,
    DEFAULT_AUTO_FIELD,
    OAUTH2_PROVIDER_APPLICATION_MODEL,
    SECRET_KEY,
    TIME_ZONE,
    USE_TZ,
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "oauth2_provider",
    "singlewindow.accounts",
    "singlewindow.audit",
    "singlewindow.jobs",
    "singlewindow.api",
    "singlewindow.reference",
    "declarations",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.bare.urls"
REACTIONS: dict[str, list[str]] = {}
LOGGING_CONFIG = None
