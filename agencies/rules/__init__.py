"""What the law of the agencies says: pure functions, each finding with its rule id.

Source: docs/rules/agencies.md.
"""

from agencies.rules.citations import (
    LPCO_CODE,
    WHOLE_CONSIGNMENT,
    Citation,
    citation_findings,
    citations_of,
    covered,
    goods_value,
    quantity_of,
    unknown_permit,
)
from agencies.rules.needs import (
    EMPTY_INDEX,
    KG_PER_TONNE,
    PREFIX_LENGTHS,
    RequirementIndex,
    country_of,
    disclaimer_applies,
    documents_of,
    goods_quantity,
    index_of,
    requirements_of,
    waiver_of,
)

__all__ = [
    "EMPTY_INDEX",
    "KG_PER_TONNE",
    "LPCO_CODE",
    "PREFIX_LENGTHS",
    "WHOLE_CONSIGNMENT",
    "Citation",
    "RequirementIndex",
    "citation_findings",
    "citations_of",
    "country_of",
    "covered",
    "disclaimer_applies",
    "documents_of",
    "goods_quantity",
    "goods_value",
    "index_of",
    "quantity_of",
    "requirements_of",
    "unknown_permit",
    "waiver_of",
]
