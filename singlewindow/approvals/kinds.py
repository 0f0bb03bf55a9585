"""What each kind of proposal is called, and the words of the evidence, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, str | Promise] = {
    "risk.profile": _("Risk profile goes live"),
    "risk.profile_end": _("Risk profile ends"),
    "risk.model": _("Model goes live"),
    "risk.shadow": _("Model is watched in shadow"),
    "risk.rule_set": _("Rule set changes"),
    "risk.bands": _("Bands of the score change"),
    "risk.selection": _("Selection for inspection changes"),
    "risk.tables": _("Tables of facts change"),
    "screening.list": _("Screening list goes live"),
    "screening.threshold": _("Screening threshold changes"),
}
"""A kind that is not named here is shown by its own name."""

EVIDENCE: dict[str, str | Promise] = {
    "simulation": _("Simulation"),
    "digest": _("Digest of its result"),
    "since": _("From"),
    "until": _("To"),
    "declarations": _("Declarations replayed"),
    "expected_hit_rate": _("Expected hit rate"),
    "hit_rate": _("Hit rate"),
    "hits": _("Hits"),
    "checks": _("Checks"),
    "findings": _("Findings"),
    "reason": _("Reason"),
    "name": _("Name"),
    "version": _("Version"),
    "entries": _("Entries"),
    "added": _("Added"),
    "removed": _("Removed"),
    "changed": _("Changed"),
    "source": _("Source"),
    "live": _("As it is now"),
    "candidate": _("With this change"),
    "model": _("Model"),
    "metrics": _("Figures"),
    "valid_days": _("Days until it ends"),
    "basis": _("Legal basis"),
    "owner": _("Owner"),
    "kind": _("Kind"),
    "change": _("Change"),
    "figures": _("Figures"),
}
"""A figure that is not named here is shown by its own name."""
