"""Acts of matching: differences are found and hold the goods by themselves.

What reacts to manifests and events stands in `reacting`, above the decision, and is imported by its tasks alone.
"""

from clearance.services.matching.compare import Compared, differences_find
from clearance.services.matching.holding import differences_hold, differences_watch

__all__ = ["Compared", "differences_find", "differences_hold", "differences_watch"]
