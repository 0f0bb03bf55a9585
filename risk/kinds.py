"""The words of risk: lanes, steps for traders, stages, picks, outcomes; nothing here but their names."""

from enum import StrEnum


class Lane(StrEnum):
    """What happens to the goods, from least to most control. Source: ASYCUDA lanes (domain rule K2)."""

    GREEN = "GREEN"  # release without checks
    BLUE = "BLUE"  # release, then an audit after clearance
    YELLOW = "YELLOW"  # documents before release
    RED = "RED"  # documents and goods before release

    @property
    def rank(self) -> int:
        """Its place in the order GREEN < BLUE < YELLOW < RED."""
        return _RANKS[self]

    @property
    def needs_officer(self) -> bool:
        """Whether the goods wait for an officer."""
        return self.rank >= _RANKS[Lane.YELLOW]


_RANKS = {lane: rank for rank, lane in enumerate(Lane)}


def lane_max(*lanes: Lane) -> Lane:
    """The strictest of some lanes."""
    return max(lanes, key=lambda lane: lane.rank)


class TraderStep(StrEnum):
    """What a trader is told to do: codes that reveal neither rule nor lane."""

    VALUE = "TS-VALUE"
    QUANTITY = "TS-QUANTITY"
    ORIGIN = "TS-ORIGIN"
    ROUTE = "TS-ROUTE"
    DESCRIPTION = "TS-DESCRIPTION"
    PARTIES = "TS-PARTIES"
    TRANSPORT = "TS-TRANSPORT"
    LICENCE = "TS-LICENCE"
    DOCUMENTS = "TS-DOCUMENTS"
    GOODS = "TS-GOODS"


class RuleChangeKind(StrEnum):
    """What a change of the rule set changes."""

    PROFILE_ADD = "profile_add"
    PROFILE_END = "profile_end"
    MODEL = "model"
    SHADOW = "shadow"
    BANDS = "bands"
    SELECTION = "selection"
    TABLES = "tables"


class Stage(StrEnum):
    """When a declaration was scored."""

    ARRIVAL = "arrival"  # before the goods arrive
    ACCEPTANCE = "acceptance"
    AMENDMENT = "amendment"
    AGAIN = "again"  # a list or a fact that it rests on has changed


class Pick(StrEnum):
    """Why a declaration was picked for inspection."""

    NONE = "none"
    HARD = "hard"  # a hard profile: whatever the capacity
    LOSS = "loss"  # its expected loss, within the capacity
    UNCERTAIN = "uncertain"  # to learn where the model does not know
    RANDOM = "random"  # to learn anything at all
    CONTROL = "control"  # the unbiased sample


class AlertKind(StrEnum):
    """What an entry of the alert list watches."""

    PARTY = "party"
    NAME = "name"
    CONTAINER = "container"
    GOODS = "goods"


class Outcome(StrEnum):
    """What a check found. Source: domain rule K3."""

    CONFORM = "conform"
    CLERICAL = "clerical"
    VALUE = "value"
    CLASS = "class"
    ORIGIN = "origin"
    QUANTITY = "quantity"
    PROHIBITED = "prohibited"
    SECURITY = "security"

    @property
    def is_finding(self) -> bool:
        """Whether it counts against the trader; a clerical slip does not."""
        return self not in (Outcome.CONFORM, Outcome.CLERICAL)


class HistoryEvent(StrEnum):
    """What changes the history of a party."""

    ACCEPTED = "accepted"
    AMENDED = "amended"
    INVALIDATED = "invalidated"
    INSPECTED = "inspected"
