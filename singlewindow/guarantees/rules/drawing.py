"""What stands against drawing on a guarantee: every reason at once. Source: docs/rules/guarantees.md, GU-G01 to G13."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from singlewindow.guarantees.states import GuaranteeState
from singlewindow.guarantees.types import SINGLE_USE, Citing, GuaranteeType, GuaranteeView
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.money import from_minor

NOT_VALID = frozenset(
    {
        GuaranteeState.PENDING,
        GuaranteeState.REFUSED,
        GuaranteeState.REVOKED,
        GuaranteeState.CANCELLED,
        GuaranteeState.EXPIRED,
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """One refusal in words: what is wrong and what to do."""

    message: str
    remedy: str


SENTENCES: dict[str, Said] = {
    "GU-G01": Said("No guarantee with this reference is known.", "Check the reference, or apply for a guarantee."),
    "GU-G02": Said("The guarantee is not valid on this day.", "Name a guarantee that is in force."),
    "GU-G03": Said(
        "The access code is missing or wrong.", "Give the access code of the guarantee; its holder can change it."
    ),
    "GU-G04": Said(
        "The holder of the guarantee is no party of the declaration.",
        "Name a guarantee of the importer, the exporter, the declarant or the filer.",
    ),
    "GU-G05": Said("The voucher was used for another declaration.", "Name another voucher."),
    "GU-G06": Said("The guarantee is suspended.", "Ask the office that manages it, or name another one."),
    "GU-G07": Said(
        "The guarantee does not cover sensitive goods of this kind.", "Name a guarantee that covers these goods."
    ),
    "GU-G08": Said("The guarantee does not count for this country.", "Name a guarantee that does."),
    "GU-G09": Said(
        "What is left of the guarantee is not enough.",
        "Settle debts that it secures, raise its limit, or name another guarantee.",
    ),
    "GU-G10": Said(
        "The individual guarantee secures another declaration.", "An individual guarantee serves one declaration."
    ),
    "GU-G11": Said("The guarantee does not count at this office.", "Name a guarantee that counts there."),
    "GU-G12": Said("The guarantee does not cover these goods.", "Name a guarantee that covers the commodity."),
    "GU-G13": Said("The TIR carnet was used before.", "Name another carnet."),
}
"""The refusals of K6 in words."""


def refusal(rule: str, pointer: str = "", *, value: str = "", more: str = "") -> Violation:
    """One refusal as a finding."""
    said = SENTENCES[rule]
    return Violation(rule, pointer, f"{said.message} {more}".strip(), said.remedy, value)


def drawing_findings(
    guarantee: GuaranteeView | None,
    citing: Citing,
    *,
    code_right: bool,
    used_by_another: bool = False,
    own_minor: int = 0,
    pointer: str = "",
) -> list[Violation]:
    """Everything that stands against drawing an amount on a guarantee, in the order of K6.

    Args:
        used_by_another: another declaration has drawn on it before.
        own_minor: what this same reservation holds already, when it is changed and not made.
        pointer: where the message names it.
    """
    if guarantee is None:
        return [refusal("GU-G01", pointer)]
    rules = sorted(_rules(guarantee, citing, code_right, used_by_another))
    found = [refusal(rule, pointer, value=_value(rule, citing)) for rule in rules]
    if short := _short(guarantee, citing, own_minor):
        found.append(refusal("GU-G09", pointer, more=short))
    return sorted(found, key=lambda one: one.rule)


def _rules(guarantee: GuaranteeView, citing: Citing, code_right: bool, used_by_another: bool) -> Iterator[str]:
    """The rules that are broken, but for the amount."""
    if guarantee.state in NOT_VALID or not in_days(guarantee, citing):
        yield "GU-G02"
    if not code_right:
        yield "GU-G03"
    if guarantee.holder_id not in citing.holder_ids:
        yield "GU-G04"
    if guarantee.state is GuaranteeState.SUSPENDED:
        yield "GU-G06"
    if used_by_another and guarantee.type in SINGLE_USE:
        yield {GuaranteeType.VOUCHER: "GU-G05", GuaranteeType.TIR: "GU-G13"}.get(guarantee.type, "GU-G10")
    if any(_begins(code, guarantee.sensitive_excluded) for code in citing.commodity_codes):
        yield "GU-G07"
    if set(citing.countries) & set(guarantee.countries_excluded):
        yield "GU-G08"
    if guarantee.offices and citing.office and citing.office not in guarantee.offices:
        yield "GU-G11"
    if guarantee.commodities and not all(_begins(code, guarantee.commodities) for code in citing.commodity_codes):
        yield "GU-G12"


def in_days(guarantee: GuaranteeView, citing: Citing) -> bool:
    """Whether the day lies in the days of a guarantee, its notice of end included."""
    ends = [day for day in (guarantee.valid_to, guarantee.liability_ends_on) if day is not None]
    return guarantee.valid_from <= citing.on and all(citing.on <= day for day in ends)


def _begins(code: str, prefixes: Iterable[str]) -> bool:
    return any(code.startswith(prefix) for prefix in prefixes)


def _short(guarantee: GuaranteeView, citing: Citing, own_minor: int) -> str:
    """What is missing, in words; empty where it is enough."""
    if guarantee.currency != citing.currency:
        return f"It is in {guarantee.currency} and the debt in {citing.currency}."
    left = guarantee.available_minor + own_minor
    if citing.amount_minor <= left:
        return ""
    asked, available = (from_minor(units, citing.currency) for units in (citing.amount_minor, max(left, 0)))
    return f"{asked:f} {citing.currency} is needed and {available:f} {citing.currency} is left."


def _value(rule: str, citing: Citing) -> str:
    return {"GU-G11": citing.office, "GU-G08": ",".join(citing.countries)}.get(rule, "")
