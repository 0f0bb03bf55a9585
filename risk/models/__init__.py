"""Tables of risk: what is committed and scored, watched, remembered, found, tried and picked."""

from risk.models.alerts import ALERT_DAYS_MAX, AlertEntry
from risk.models.history import (
    ContainerUse,
    GoodsBand,
    GoodsSeen,
    PartyDay,
    PartyHistory,
    PartyMonth,
    SmallConsignment,
    TradeSeen,
)
from risk.models.outcomes import DriftReading, InspectionOutcome, RuleDay
from risk.models.profiles import PROFILE_DAYS_MAX, Profile
from risk.models.results import FactTables, RiskAssessment, RuleSet, RuleSetInForce, SampleSeed
from risk.models.selection import InspectionDay
from risk.models.simulation import Simulation, SimulationPart

__all__ = [
    "ALERT_DAYS_MAX",
    "PROFILE_DAYS_MAX",
    "AlertEntry",
    "ContainerUse",
    "DriftReading",
    "FactTables",
    "GoodsBand",
    "GoodsSeen",
    "InspectionDay",
    "InspectionOutcome",
    "PartyDay",
    "PartyHistory",
    "PartyMonth",
    "Profile",
    "RiskAssessment",
    "RuleDay",
    "RuleSet",
    "RuleSetInForce",
    "SampleSeed",
    "Simulation",
    "SimulationPart",
    "SmallConsignment",
    "TradeSeen",
]
