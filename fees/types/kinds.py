"""What things of fees are called: kinds, sources and events, as the data and the pages write them."""

from enum import StrEnum


class Direction(StrEnum):
    """Which way the goods go."""

    IMPORT = "import"
    EXPORT = "export"


class MeasureKind(StrEnum):
    """What a measure of the tariff is."""

    DUTY = "duty"
    PREFERENCE = "preference"
    SUSPENSION = "suspension"
    ANTI_DUMPING = "anti_dumping"
    EXCISE = "excise"
    VAT = "vat"
    PROHIBITION = "prohibition"
    REQUIREMENT = "requirement"


CONTROLS = frozenset({MeasureKind.PROHIBITION, MeasureKind.REQUIREMENT})
"""Measures that cost nothing: they forbid, or ask for a document."""


class VersionBasis(StrEnum):
    """On what a version of the data rests."""

    FIRST = "first"
    """The first one of a database, loaded before anybody filed."""
    CHANGE = "change"
    """A change of the tariff to which a second person agreed."""
    SCHEDULE = "schedule"
    """A publication in the schedule of charges: it touches no other row."""


class ChangeSource(StrEnum):
    """What a change of the tariff was read from."""

    CSV = "csv"
    TARIC3 = "taric3"


class RowAction(StrEnum):
    """What a change does to a row."""

    CHANGED = "changed"
    ADDED = "added"
    ENDED = "ended"


class NoteKind(StrEnum):
    """What a note of the tariff explains."""

    FOOTNOTE = "footnote"
    ADDITIONAL_CODE = "additional_code"
    CERTIFICATE = "certificate"
    AREA = "area"
    CONDITION = "condition"


class DemandKind(StrEnum):
    """Why money is asked for beside the debt of a declaration."""

    AGENCY_FEE = "agency_fee"
    DUTY = "duty"
    INTEREST = "interest"
    PENALTY = "penalty"
    GUARANTEE_CALL = "guarantee_call"
    REPAYMENT = "repayment"
    STATEMENT = "statement"
    """A month of deferred debts: the authorities have it already, so it is paid to the receivable."""


DEBT_DEMANDS = frozenset({DemandKind.DUTY, DemandKind.GUARANTEE_CALL})
"""Demands for a part of a declaration's debt itself, where nothing bore it."""


class Rounding(StrEnum):
    """How a tax line is rounded to the minor unit; the names are those of Python's decimal module."""

    HALF_UP = "ROUND_HALF_UP"
    HALF_EVEN = "ROUND_HALF_EVEN"
    DOWN = "ROUND_DOWN"
    UP = "ROUND_UP"


class ChargeEvent(StrEnum):
    """What makes a charge due, in the words of the public schedule."""

    IMPORT_DECLARATION = "import_declaration"
    EXPORT_DECLARATION = "export_declaration"
    IMPORT_ITEM = "import_item"
    EXPORT_ITEM = "export_item"
    EXAMINATION = "examination"
    STORAGE_DAY = "storage_day"
    CONTAINER = "container"
    PERMIT = "permit"
    RULING = "ruling"
    OVERTIME_HOUR = "overtime_hour"


class AssessmentKind(StrEnum):
    """Whether the figures bind: an estimate before acceptance, or the assessment of the accepted declaration."""

    ESTIMATE = "estimate"
    ASSESSMENT = "assessment"
