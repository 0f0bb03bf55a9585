"""Settings: the driver, and sentences for what is wrong."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_driver_is_psycopg2():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        assert cursor.fetchone()[0].startswith("18")
    assert connection.Database.__name__ == "psycopg2"
