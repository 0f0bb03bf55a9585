"""The duty percentage of goods, for those who only weigh it: nothing is assessed, and nothing is asked per item."""

import time
from collections.abc import Sequence
from datetime import date

from django.conf import settings

from declarations.schemas import DeclarationMessage, GoodsItem
from fees.rules.expression import Operator
from fees.rules.tariff import Measure, TariffIndex
from fees.selectors.tariff import tariff_current
from fees.types import Direction
from singlewindow.kernel.errors import NotFound

CHECK_EVERY_SECONDS = 2.0
ORDINARY = "1"
"""First digit of the preference codes that claim none."""

_held: tuple[float, TariffIndex | None] | None = None


def duty_percents(messages: Sequence[DeclarationMessage], on: date) -> list[dict[int, float]]:
    """What share of its value each item of some imports owes as duty, in per cent, by item number.

    The rate claimed (preference, else suspension, else the ordinary one) with anti-dumping duty; what is owed by mass
    or number is left out, and an item of which no rate is known is missing. The tariff stands in the process and is at
    most some seconds old: named in settings.DUTY_PERCENTS.
    """
    index = tariff_lately() if any(message.direction == "import" for message in messages) else None
    return [_of_items(index, message, on) if index is not None else {} for message in messages]


def _of_items(index: TariffIndex, message: DeclarationMessage, on: date) -> dict[int, float]:
    if message.direction != "import":
        return {}
    found = {item.number: _percent(index, item, on) for item in message.items}
    return {number: percent for number, percent in found.items() if percent is not None}


def tariff_lately() -> TariffIndex | None:
    """The tariff as it stood at most some seconds ago, for checks that must not ask each time; nothing without one."""
    global _held  # noqa: PLW0603  (one value per process, replaced whole)
    instant = time.monotonic()
    every = float(getattr(settings, "REFERENCE_CHECK_SECONDS", CHECK_EVERY_SECONDS))
    if _held is None or _held[1] is None or instant - _held[0] >= every:
        try:
            _held = (instant, tariff_current())
        except NotFound:
            _held = (instant, None)
    return _held[1]


def tariff_lately_forget() -> None:
    """Ask anew next time: another database answers."""
    global _held  # noqa: PLW0603
    _held = None


def _percent(index: TariffIndex, item: GoodsItem, on: date) -> float | None:
    origin = item.origin or item.preferential_origin or ""
    found = index.resolve(
        code=item.commodity_code or "",
        origin=origin,
        preferential_origin=item.preferential_origin or origin,
        additional_codes=tuple(extra.code for extra in item.additional_codes),
        direction=Direction.IMPORT,
        on=on,
    )
    duty = found.suspension or found.duty
    claim = (item.preference or ORDINARY)[0]
    if claim != ORDINARY:
        preferred = [one for one in found.preferences if index.claims.get(one.origin, "") in ("", claim)]
        duty = min(preferred, key=_share, default=duty)
    if duty is None:
        return None
    return round(100 * (_share(duty) + sum(_share(extra) for extra in found.anti_dumping)), 4)


def _share(measure: Measure) -> float:
    parts = (part for part in measure.expression.components if part.operator in (Operator.FIRST, Operator.PLUS))
    return float(sum(part.share for part in parts if part.share is not None))
