"""Whether customs had given notice already, so that a disclosure comes too late to be a voluntary one."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from singlewindow.penalties.models import Penalty


def noticed_at(declaration_id: UUID) -> datetime | None:
    """When a check or a penalty was first announced for a declaration; nothing where none was.

    A choice that nobody was told of is no notice. The caller holds the declaration's row, so no notice comes between.

    Source: docs/rules/penalties.md, PN-DIS-01 (TFA 6.3.6: before the discovery of the breach).
    """
    announced: Callable[[UUID], datetime | None] = import_string(settings.CONTROL_ANNOUNCED)
    notified = Penalty.objects.filter(declaration_id=declaration_id).order_by("notified_at")
    instants = [announced(declaration_id), notified.values_list("notified_at", flat=True).first()]
    return min((at for at in instants if at is not None), default=None)
