"""Tables of fees: tariff and schedule by data version, what was assessed, and money as double entry."""

from fees.models.assessments import Assessment, AssessmentLine, FiscalStatus
from fees.models.ledger import Account, LedgerTransaction, Posting
from fees.models.tariff import Charge, Measure, OriginGroup, ProofOfOrigin, Relief, TariffVersion

__all__ = [
    "Account",
    "Assessment",
    "AssessmentLine",
    "Charge",
    "FiscalStatus",
    "LedgerTransaction",
    "Measure",
    "OriginGroup",
    "Posting",
    "ProofOfOrigin",
    "Relief",
    "TariffVersion",
]
