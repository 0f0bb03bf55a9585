"""How a risk rule is declared: id, sentence, legal basis, owner, points or hard lane, in force from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from risk.rules.consignment import Consignment
from risk.types import Facts, Lane, TraderStep


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fires: where, and the figures that show it."""

    item: int | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
    lane: Lane | None = None
    """Lane demanded by this very hit, where the rule leaves it to its data."""


Check = Callable[[Consignment, Facts], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class RiskRule:
    """A rule with everything that its decision rests on; the rule set's hash covers all of it but the function."""

    id: str
    version: int
    sentence: str
    says: str
    """What it tells an officer, with places for its figures."""
    points: int
    lane: Lane | None
    step: TraderStep
    basis: str
    owner: str
    in_force_from: date
    parameters: Mapping[str, str]
    check: Check

    @property
    def family(self) -> str:
        """The middle part of the id: VAL, MAS, ROU and so on."""
        return self.id.split("-")[1]

    @property
    def thresholds(self) -> tuple[tuple[str, str], ...]:
        """The parameters that are short enough to be shown, as words and value."""
        return tuple((name.replace("_", " "), value) for name, value in self.parameters.items() if len(value) < 60)


RULES: dict[str, RiskRule] = {}
"""Every rule by its id, in the order of their files."""

CVA = "WTO Customs Valuation Agreement, art. 1 and 17"
SAFE = "WCO SAFE Framework, pillar 1, standard 4"
TFA_RISK = "WTO TFA, art. 7.4"
ORIGIN_ACT = "WTO Agreement on Rules of Origin; rules of the preference claimed"


def gettext_noop(text: str) -> str:
    """Mark a text for translation; the page that shows it translates it."""
    return text


def risk_rule(
    rule_id: str,
    *,
    says: str,
    step: TraderStep,
    basis: str,
    points: int = 0,
    lane: Lane | None = None,
    version: int = 1,
    owner: str = "Customs risk unit",
    in_force_from: date = date(2026, 1, 1),
    **parameters: object,
) -> Callable[[Check], Check]:
    """Declare a rule; its docstring is its sentence, `parameters` are its thresholds."""

    def declare(check: Check) -> Check:
        if rule_id in RULES:
            raise ValueError(f"{rule_id} is declared twice")
        RULES[rule_id] = RiskRule(
            id=rule_id,
            version=version,
            sentence=" ".join((check.__doc__ or "").split()),
            says=says,
            points=points,
            lane=lane,
            step=step,
            basis=basis,
            owner=owner,
            in_force_from=in_force_from,
            parameters={name: _text(value) for name, value in parameters.items()},
            check=check,
        )
        return check

    return declare


def _text(value: object) -> str:
    return ",".join(sorted(map(str, value))) if isinstance(value, frozenset | set) else str(value)
