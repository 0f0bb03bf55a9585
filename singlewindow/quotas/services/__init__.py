"""What other apps may do with quotas."""

from singlewindow.quotas.services.changes import (
    QuotaChange,
    quota_change_apply,
    quota_change_decline,
    quota_change_propose,
    quota_turn,
)
from singlewindow.quotas.services.claims import quota_change, quota_claim
from singlewindow.quotas.services.loading import QuotasLoaded, quotas_load
from singlewindow.quotas.services.returns import quota_return
from singlewindow.quotas.services.settlement import quota_allocate

__all__ = [
    "QuotaChange",
    "QuotasLoaded",
    "quota_allocate",
    "quota_change",
    "quota_change_apply",
    "quota_change_decline",
    "quota_change_propose",
    "quota_claim",
    "quota_return",
    "quota_turn",
    "quotas_load",
]
