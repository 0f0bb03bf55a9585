"""Yields in force."""

from singlewindow.revenue.models import YieldSet


def yields_newest(most: int = 100) -> list[YieldSet]:
    """The newest version of the yields of each authorisation."""
    rows = YieldSet.objects.select_related("holder").order_by("authorisation", "-version").distinct("authorisation")
    return list(rows[:most])
