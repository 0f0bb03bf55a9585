"""Tables of fees: tariff and schedule by data version, what was assessed, and money as double entry."""

from fees.models.assessments import Assessment, AssessmentLine, FiscalStatus
from fees.models.changes import TariffChange, TariffChangeRow
from fees.models.demands import Demand
from fees.models.ledger import Account, LedgerTransaction, Posting
from fees.models.quotes import NoticeLook, SignedQuote
from fees.models.remissions import Remission
from fees.models.rulings import Ruling
from fees.models.schedule import ChargeComment, ChargeDraft
from fees.models.tariff import (
    Charge,
    Measure,
    Nomenclature,
    OriginGroup,
    ProofOfOrigin,
    Relief,
    TaricRecord,
    TariffNote,
    TariffVersion,
)

__all__ = [
    "Account",
    "Assessment",
    "AssessmentLine",
    "Charge",
    "ChargeComment",
    "ChargeDraft",
    "Demand",
    "FiscalStatus",
    "LedgerTransaction",
    "Measure",
    "Nomenclature",
    "NoticeLook",
    "OriginGroup",
    "Posting",
    "ProofOfOrigin",
    "Relief",
    "Remission",
    "Ruling",
    "SignedQuote",
    "TaricRecord",
    "TariffChange",
    "TariffChangeRow",
    "TariffNote",
    "TariffVersion",
]
