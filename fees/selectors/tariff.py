"""The tariff of the current data version, kept in the process and never stale.

Which version is current is asked of the database each time (one number, in a statement that is sent anyway where it
matters); its content is immutable, so what was built for a version stays right for ever.
"""

from collections import OrderedDict
from decimal import Decimal
from threading import Lock

from django.db.models import Q

from fees.models import Charge, Measure, OriginGroup, ProofOfOrigin, Relief, TariffVersion
from fees.rules import tariff as rules
from fees.rules.expression import parse
from fees.selectors.versions import version_current
from fees.types import ChargeEvent, Direction, MeasureKind, Rounding
from singlewindow.kernel.errors import NotFound

KEPT_VERSIONS = 3

NO_RATE = parse("free")
"""Of a prohibition or a requirement, which cost nothing."""

_built: OrderedDict[tuple[int, str], rules.TariffIndex] = OrderedDict()
_building = Lock()


def tariff_current() -> rules.TariffIndex:
    """The tariff as it stands in the database now. Raises NotFound when none was ever loaded."""
    version = version_current()
    return tariff_at(version.pk, version.sha256)


def tariff_at(version: int, sha256: str) -> rules.TariffIndex:
    """The tariff of a version whose number and checksum are known; from memory when it was built before."""
    key = (version, sha256)
    index = _built.get(key)
    if index is None:
        with _building:
            index = _built.get(key) or _build(version, sha256)
            _built[key] = index
            while len(_built) > KEPT_VERSIONS:
                _built.popitem(last=False)
    return index


def tariff_of_version(label: str) -> rules.TariffIndex:
    """The tariff that an old notice names, so that it can be worked out again. Raises NotFound."""
    for version in TariffVersion.objects.order_by("-id"):
        if str(version) == label:
            return tariff_at(version.pk, version.sha256)
    raise NotFound(f"No tariff {label} was ever loaded.")


def _build(version: int, sha256: str) -> rules.TariffIndex:
    standing = Q(version_from_id__lte=version) & (Q(version_to=None) | Q(version_to__gt=version))
    return rules.TariffIndex(
        version=version,
        label=f"tariff-{sha256[:16]}",
        measures=[_measure(row) for row in Measure.objects.filter(standing)],
        charges=[_charge(row) for row in Charge.objects.filter(standing)],
        reliefs=[
            rules.Relief(row.procedure, frozenset(MeasureKind(tax) for tax in row.taxes), row.code, row.reason)
            for row in Relief.objects.filter(standing)
        ],
        groups=[
            rules.OriginGroup(row.group, row.country, row.claim, row.valid_from, row.valid_to)
            for row in OriginGroup.objects.filter(standing)
        ],
        proofs=ProofOfOrigin.objects.filter(standing).values_list("document", flat=True),
    )


def _measure(row: Measure) -> rules.Measure:
    key = [row.tax_type, row.kind, row.direction, row.prefix, row.origin, row.additional_code]
    key += [row.order_number, str(row.valid_from)]
    return rules.Measure(
        key="/".join(part for part in key if part),
        kind=MeasureKind(row.kind),
        tax_type=row.tax_type,
        prefix=row.prefix,
        origin=row.origin,
        direction=Direction(row.direction),
        additional_code=row.additional_code,
        expression=parse(row.expression) if row.expression else NO_RATE,
        rounding=Rounding(row.rounding),
        law=row.law,
        authority=row.authority,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        order_number=row.order_number,
        excluded=tuple(row.excluded),
        conditions=tuple(_condition(stored) for stored in row.conditions),
        footnotes=tuple(row.footnotes),
    )


def _condition(stored: dict[str, str]) -> rules.Condition:
    amount = stored.get("amount")
    return rules.Condition(
        code=stored["code"],
        document=stored.get("document", ""),
        amount=Decimal(amount) if amount else None,
        unit=stored.get("unit", ""),
        action=stored.get("action", ""),
        expression=stored.get("expression", ""),
    )


def _charge(row: Charge) -> rules.ScheduledCharge:
    return rules.ScheduledCharge(
        key=f"{row.code}/{row.valid_from}",
        code=row.code,
        title=row.title,
        authority=row.authority,
        law=row.law,
        event=ChargeEvent(row.event),
        amount=row.amount,
        percentage=row.percentage,
        minimum=row.minimum,
        maximum=row.maximum,
        prefixes=tuple(row.prefixes),
        in_vat_base=row.in_vat_base,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        published_on=row.published_on,
    )
