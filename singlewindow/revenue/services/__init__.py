"""Acts of revenue: defer, close and pay a month, determine, give back, waive."""

from singlewindow.revenue.services.deferral import debt_defer

__all__ = ["debt_defer"]
