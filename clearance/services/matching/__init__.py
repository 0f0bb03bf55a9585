"""Acts of matching: differences are found and hold the goods by themselves.

What reacts to manifests and events stands in `reacting`, above the decision, and is imported by its tasks alone.
"""

from clearance.services.matching.compare import Compared, differences_find
from clearance.services.matching.holding import control_for_comparison, differences_hold, differences_watch

__all__ = ["Compared", "control_for_comparison", "differences_find", "differences_hold", "differences_watch"]
