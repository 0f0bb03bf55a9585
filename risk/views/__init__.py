"""Pages of risk."""

from risk.views.rule_list import rules

__all__ = ["rules"]
