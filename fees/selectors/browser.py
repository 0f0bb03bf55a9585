"""What the tariff browser shows of a code: where it stands, what is levied, what else is asked, and as of when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from fees.models import OriginGroup
from fees.rules.charges import rate_text
from fees.rules.tariff import ERGA_OMNES, ScheduledCharge
from fees.selectors.measures import TariffAsOf, measures_for, tariff_as_of
from fees.selectors.nomenclature import nomenclature_children, nomenclature_line, nomenclature_path
from fees.types import Direction, MeasureText, NomenclatureLine
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.quotas.selectors import quota_standings
from singlewindow.quotas.types import QuotaStanding
from singlewindow.reference.selectors import profile

DECLARED = 6
"""From so many digits on measures are told: a chapter or heading has too many to be read."""


class Extra(Protocol):
    """What another app tells of a code beside its measures: a permit or a check, with its law and time."""

    @property
    def agency_name(self) -> str:
        """Who asks for it."""

    @property
    def title(self) -> str:
        """What is asked for."""

    @property
    def law(self) -> str:
        """By which law."""

    @property
    def lpco_code(self) -> str:
        """Code of the permit; empty for a check alone."""

    @property
    def sla_hours(self) -> int:
        """Within how many hours it is decided."""


@dataclass(frozen=True, slots=True)
class ChargeShown:
    """A charge that a declaration of the goods makes due, with its rate as the schedule prints it."""

    charge: ScheduledCharge
    rate: str
    late: bool
    """Published only after the day: it is not billed (FE-CHG-01)."""


@dataclass(frozen=True, slots=True)
class TariffPage:
    """Everything that is told of one line of the tariff on one day."""

    line: NomenclatureLine
    path: tuple[NomenclatureLine, ...]
    children: tuple[NomenclatureLine, ...]
    measures: tuple[MeasureText, ...]
    quotas: Mapping[str, QuotaStanding]
    extras: tuple[Extra, ...]
    charges: tuple[ChargeShown, ...]
    tariff: TariffAsOf
    areas: Mapping[str, str]
    """Names of the groups of origins of the measures, by their code."""


def tariff_sections(on: date, known: date | None = None) -> tuple[tuple[NomenclatureLine, ...], TariffAsOf]:
    """The chapters on a day, and the version that they are of."""
    tariff = _as_of(on, known)
    return nomenclature_children("", on, version=tariff.version), tariff


def tariff_page(
    code: str, *, country: str, direction: Direction, on: date, known: date | None = None, suffix: str = "80"
) -> TariffPage:
    """One line with its measures for a country and a day.

    Args:
        code: 2 to 10 digits.
        known: as it was known at the end of that day; now without one.

    Raises:
        NotFound: there is no such line on the day, or no tariff was loaded then.
    """
    tariff = _as_of(on, known)
    line = nomenclature_line(code, on, suffix=suffix, version=tariff.version)
    if line is None:
        raise NotFound
    specific = len(line.shown) >= DECLARED
    measures = measures_for(line.shown, country, direction, on, version=tariff.version) if specific else ()
    return TariffPage(
        line=line,
        path=nomenclature_path(code, on, suffix=line.suffix, version=tariff.version),
        children=nomenclature_children(code, on, suffix=line.suffix, version=tariff.version),
        measures=measures,
        quotas=quota_standings((one.order_number for one in measures if one.order_number), on),
        extras=tuple(tariff_extras(line.shown, country, direction, on)) if specific else (),
        charges=_charges(tariff, line.shown, direction, on) if specific else (),
        tariff=tariff,
        areas=_areas(tariff.version, measures),
    )


def tariff_extras(code: str, country: str, direction: Direction, on: date) -> Iterable[Extra]:
    """What the functions of settings.TARIFF_EXTRAS tell of a code, in their order."""
    for name in settings.TARIFF_EXTRAS:
        yield from import_string(name)(code, country, direction.value, on)


def _areas(version: int, measures: Iterable[MeasureText]) -> Mapping[str, str]:
    named = {area.code for one in measures for area in (one.origin, *one.excluded) if not area.text}
    named -= {ERGA_OMNES}
    if not named:
        return {}
    standing = Q(version_from_id__lte=version) & (Q(version_to=None) | Q(version_to__gt=version))
    rows = OriginGroup.objects.filter(standing, group__in=named).values_list("group", "title").distinct()
    return dict(rows)


def _charges(tariff: TariffAsOf, code: str, direction: Direction, on: date) -> tuple[ChargeShown, ...]:
    currency = profile(clock.today()).currency
    due = [charge for charge in tariff.index.charges_for(direction, on) if charge.concerns(code)]
    return tuple(ChargeShown(charge, rate_text(charge, currency), charge.published_on > on) for charge in due)


def _as_of(on: date, known: date | None) -> TariffAsOf:
    at = datetime.combine(known, time(23, 59, 59), UTC) if known else None
    return tariff_as_of(on, at)
