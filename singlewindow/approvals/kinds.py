"""What each kind of proposal is called, and the words of the evidence, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, str | Promise] = {
    "risk.profile": _("Risk profile goes live"),
    "risk.profile_end": _("Risk profile ends"),
    "risk.model": _("Model goes live"),
    "risk.shadow": _("Model is watched in shadow"),
    "risk.bands": _("Bands of the score change"),
    "risk.selection": _("Selection for inspection changes"),
    "risk.tables": _("Tables of facts change"),
    "risk.alert": _("Entry of the alert list goes live"),
    "risk.alert_end": _("Entry of the alert list ends"),
    "screening.list": _("Screening list goes live"),
    "quotas.change": _("Quota changes"),
    "fees.charge": _("Fee or charge is published"),
}
"""A kind that is not named here is shown by its own name."""

EVIDENCE: dict[str, str | Promise] = {
    "what": _("What it says"),
    "name": _("Name"),
    "reason": _("Reason"),
    "change": _("Change"),
    "basis": _("Legal basis"),
    "owner": _("Owner"),
    "kind": _("Kind"),
    "value": _("Value"),
    "values": _("Values"),
    "origin": _("Origin"),
    "version": _("Version"),
    "valid_to": _("Last day"),
    "valid_days": _("Days until it ends"),
    "expected_hit_rate": _("Expected hit rate"),
    "source": _("Source"),
    "published_on": _("Published"),
    "entries": _("Entries"),
    "live_entries": _("Entries of the one in force"),
    "names": _("Names"),
    "addresses": _("Addresses"),
    "added": _("Added"),
    "removed": _("Removed"),
    "changed": _("Changed"),
    "left_out": _("Left out"),
    "files": _("Files"),
    "capacity": _("Examinations a day"),
    "since": _("From"),
    "until": _("To"),
    "declarations": _("Declarations replayed"),
    "profile": _("The profile itself"),
    "hits": _("Declarations hit"),
    "known": _("Checks"),
    "checks": _("Checks"),
    "found": _("Findings"),
    "findings": _("Findings"),
    "precision": _("Hit rate"),
    "hit_rate": _("Hit rate"),
    "held": _("Held for an officer"),
    "held_share": _("Share held"),
    "false_alarms": _("False alarms"),
    "officer_minutes": _("Officers' minutes"),
    "live": _("As it is now"),
    "candidate": _("With this change"),
    "simulation": _("Simulation"),
    "digest": _("Digest of its result"),
    "simulation_sha256": _("Digest of its result"),
}
"""The figures of evidence, in the order in which they are read; others come after, by their own names."""

SHARES = frozenset({"expected_hit_rate", "held_share", "hit_rate", "precision"})
"""Figures that are shares of one, shown in per cent."""
