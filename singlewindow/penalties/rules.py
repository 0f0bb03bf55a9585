"""How large a penalty is: a range by law, a place in it by blame, and what takes off from it (PN-AMT-01 to PN-AMT-04).

Source: TFA 6.3.3 (commensurate with the degree and severity of the breach) and 6.3.6 (disclosure mitigates).
"""

from collections.abc import Sequence
from decimal import Decimal

from singlewindow.kernel.money import from_minor, quantize, to_minor
from singlewindow.penalties.types import Base, Degree, Mitigated, Mitigation, Offence, Worked


def penalty_work_out(
    offence: Offence,
    degree: Degree,
    mitigations: Sequence[Mitigation],
    *,
    base_minor: int,
    currency: str,
    at_most: Decimal,
) -> Worked:
    """The amount of a penalty with every step; amounts in minor units, each rounded half up once.

    Args:
        base_minor: what was evaded or what the goods are worth, as the offence asks; 0 for a fixed range.
        at_most: share of the amount before mitigation that all mitigations together take off (PN-AMT-04).
    """
    least, most = penalty_range(offence, base_minor=base_minor, currency=currency)
    gross = least + _share(most - least, degree.share, currency)
    left = _share(gross, at_most, currency)
    taken: list[Mitigated] = []
    for one in sorted(mitigations, key=lambda mitigation: (-mitigation.share, mitigation.code)):
        amount = min(_share(gross, one.share, currency), left)
        left -= amount
        taken.append(Mitigated(one.code, one.title, one.law, one.share, amount))
    amount = gross - sum(one.amount_minor for one in taken)
    return Worked(base_minor, least, most, gross, tuple(taken), amount)


def penalty_range(offence: Offence, *, base_minor: int, currency: str) -> tuple[int, int]:
    """The least and the most that the law allows, in minor units (PN-AMT-01)."""
    floor, cap = (_minor(amount, currency) for amount in (offence.least_amount, offence.most_amount))
    if offence.base is Base.FIXED or offence.least is None or offence.most is None:
        return floor, cap
    least, most = (_share(base_minor, share, currency) for share in (offence.least, offence.most))
    return min(max(least, floor), cap), min(max(most, floor), cap)


def _share(minor: int, share: Decimal, currency: str) -> int:
    return to_minor(quantize(from_minor(minor, currency) * share, currency), currency)


def _minor(amount: Decimal, currency: str) -> int:
    return to_minor(quantize(amount, currency), currency)
