"""The WSGI entry that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (loads every view before gunicorn forks, so no first request waits for it)
