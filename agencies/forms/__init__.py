"""Forms of the agencies' pages: they read what was typed, services decide what may be."""

from agencies.forms.desk import (
    AskForm,
    BindForm,
    DecisionForm,
    HoldFilter,
    OriginalForm,
    PermitFilter,
    PermitForm,
    QuantityField,
    StepForm,
)
from agencies.forms.finder import RequirementForm

__all__ = [
    "AskForm",
    "BindForm",
    "DecisionForm",
    "HoldFilter",
    "OriginalForm",
    "PermitFilter",
    "PermitForm",
    "QuantityField",
    "RequirementForm",
    "StepForm",
]
