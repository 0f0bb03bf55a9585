"""Pages of risk."""

from risk.views.profile_edit import act, edit, new
from risk.views.profiles import listed, profile
from risk.views.rule_list import rules

__all__ = ["act", "edit", "listed", "new", "profile", "rules"]
