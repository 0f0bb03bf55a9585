"""Tables of the agencies."""

from agencies.models.applications import Application, ApplicationPart, PartEntry
from agencies.models.certificates import CertificateCitation, ForeignCertificate
from agencies.models.holds import Hold
from agencies.models.law import (
    Agency,
    CertificateKind,
    Disclaimer,
    DisclaimerUse,
    Requirement,
    RequirementSet,
    TradeDirection,
)
from agencies.models.permits import ContingencyEntry, LpcoNeed, Permit, WriteOff

__all__ = [
    "Agency",
    "Application",
    "ApplicationPart",
    "CertificateCitation",
    "CertificateKind",
    "ContingencyEntry",
    "Disclaimer",
    "DisclaimerUse",
    "ForeignCertificate",
    "Hold",
    "LpcoNeed",
    "PartEntry",
    "Permit",
    "Requirement",
    "RequirementSet",
    "TradeDirection",
    "WriteOff",
]
