"""The early warning: the targeting desk and the port are told before goods arrive, and taking note is timed."""

from clearance.services.warnings.acknowledging import warning_acknowledge, warning_escalate
from clearance.services.warnings.lifting import warnings_lift
from clearance.services.warnings.raising import warning_of_left, warning_raise

__all__ = ["warning_acknowledge", "warning_escalate", "warning_of_left", "warning_raise", "warnings_lift"]
