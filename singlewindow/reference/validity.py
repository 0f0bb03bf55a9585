"""Days of validity as the database understands them. Migrations use this too, so it does not change."""

from django.contrib.postgres.fields import DateRangeField
from django.db.models import Func


class Days(Func):
    """The days from `valid_from` to `valid_to`, both included; an absent end means until further notice."""

    function = "DATERANGE"
    output_field = DateRangeField()
