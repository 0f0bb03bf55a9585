"""What the assessment of an entry summary declaration looks at: EN-RISK-01 to EN-RISK-09, transparent and as data.

Source: docs/rules/ens.md; domain.md F19 and F28.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from singlewindow.ens.profile import Alert, EntryProfile, TimeLimit
from singlewindow.ens.rules.findings import consignee_unknown
from singlewindow.ens.states import QuestionCode
from singlewindow.ens.types import EntryMessage
from singlewindow.kernel.mrn import container_number_is_valid

_WORD = re.compile(r"[a-z]+")
_TO_ORDER = re.compile(r"\s*(?:to (?:the )?order\b.*|n/?a|unknown|none|-+|x+|\.+)\s*", re.IGNORECASE)
_ISO_CONTAINER = re.compile(r"[A-Z]{4}[0-9]{7}")
MIN_HS_DIGITS = 6


class Effect(StrEnum):
    """What a finding leads to; the strongest one decides."""

    FLAG = "flag"  # Shown to the desk.
    INFORM = "inform"  # The filer is asked.
    DO_NOT_LOAD = "do_not_load"  # An officer is asked to forbid loading.


@dataclass(frozen=True, slots=True)
class RiskRule:
    """One thing that is looked at."""

    id: str
    sentence: str
    effect: Effect
    question: QuestionCode | None = None


@dataclass(frozen=True, slots=True)
class RiskFinding:
    """What a rule found, and where."""

    rule: str
    effect: Effect
    pointer: str
    value: str = ""
    alert: str = ""
    question: QuestionCode | None = None


Q = QuestionCode
RISK_RULES: Final[dict[str, RiskRule]] = {
    rule.id: rule
    for rule in (
        RiskRule("EN-RISK-01", "The description does not say what the goods are.", Effect.INFORM, Q.DESCRIPTION),
        RiskRule("EN-RISK-02", "The description names dangerous goods and no UN number.", Effect.INFORM, Q.DANGEROUS),
        RiskRule("EN-RISK-03", "The goods are on the alert list.", Effect.DO_NOT_LOAD, Q.GOODS),
        RiskRule("EN-RISK-04", "A party is on the alert list.", Effect.DO_NOT_LOAD, Q.PARTY),
        RiskRule("EN-RISK-05", "A country of the route is on the alert list.", Effect.DO_NOT_LOAD, Q.OTHER),
        RiskRule("EN-RISK-06", "Nobody is named who sends the goods.", Effect.INFORM, Q.PARTY),
        RiskRule("EN-RISK-07", "Who gets the goods is not a name.", Effect.INFORM, Q.PARTY),
        RiskRule("EN-RISK-08", "A container number has a wrong check digit.", Effect.INFORM, Q.CONTAINER),
        RiskRule("EN-RISK-09", "The declaration came after the time limit of its mode of transport.", Effect.FLAG),
    )
}
"""Every rule of the assessment by its id."""


def assess(
    message: EntryMessage, *, lodged_at: datetime, profile: EntryProfile, alerts: Iterable[Alert]
) -> tuple[RiskFinding, ...]:
    """What the assessment finds in a message that was lodged at an instant."""
    listed = tuple(alerts)
    found = [*_of_items(message, profile, listed), *_of_parties(message, listed), *_of_route(message, listed)]
    if is_late(message, lodged_at, profile):
        found.append(_found("EN-RISK-09", "/first_entry/expected_at", message.values["first_entry"]["expected_at"]))
    return tuple(found)


def outcome_of(findings: Iterable[RiskFinding]) -> Effect:
    """The strongest effect; a flag where nothing was found."""
    effects = {finding.effect for finding in findings}
    return next((effect for effect in (Effect.DO_NOT_LOAD, Effect.INFORM) if effect in effects), Effect.FLAG)


def time_limit(message: EntryMessage, profile: EntryProfile) -> TimeLimit | None:
    """The time limit that applies to the mode of transport and to goods in containers or without."""
    contained = any(item.get("containers") for item in message.items)
    for limit in profile.time_limits:
        if limit.mode == message.mode and limit.container in (None, contained):
            return limit
    return None


def is_late(message: EntryMessage, lodged_at: datetime, profile: EntryProfile) -> bool:
    """Whether it came after the limit; a limit before loading is counted back over the shortest voyage."""
    limit, expected = time_limit(message, profile), message.expected_at
    if limit is None or expected is None:
        return False
    latest = expected - limit.before
    if limit.event == "loading":
        latest -= profile.voyage
    return lodged_at > latest


def _of_items(message: EntryMessage, profile: EntryProfile, alerts: tuple[Alert, ...]) -> Iterator[RiskFinding]:
    for number, item in enumerate(message.items):
        at = f"/items/{number}"
        description, code = item.get("description", ""), item.get("commodity", {}).get("code", "")
        if is_vague(description, profile) if description else len(code) < MIN_HS_DIGITS:
            yield _found("EN-RISK-01", f"{at}/description", description or code)
        if "un_number" not in item and (word := _dangerous_word(description, profile)):
            yield _found("EN-RISK-02", f"{at}/un_number", word)
        for alert in alerts:
            if alert.kind == "hs" and code.startswith(alert.value):
                yield _alerted("EN-RISK-03", f"{at}/commodity/code", code, alert)
        for place, container in enumerate(item.get("containers", ())):
            text = container["number"]
            if _ISO_CONTAINER.fullmatch(text) and not container_number_is_valid(text):
                yield _found("EN-RISK-08", f"{at}/containers/{place}/number", text)


def is_vague(description: str, profile: EntryProfile) -> bool:
    """Whether nothing is left of a description without the words that say nothing."""
    text = " ".join(_WORD.findall(description.lower()))
    if len(text) < 3:
        return True
    for phrase in sorted(profile.vague_descriptions, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(phrase)}\b", " ", text)
    return not text.strip()


def _dangerous_word(description: str, profile: EntryProfile) -> str:
    words = _WORD.findall(description.lower())
    return next((word for word in words if word in profile.dangerous_words), "")


def _of_parties(message: EntryMessage, alerts: tuple[Alert, ...]) -> Iterator[RiskFinding]:
    named = {alert.value: alert for alert in alerts if alert.kind == "party"}
    for pointer, party in _parties(message):
        number = party.get("id", "").strip()
        if number in named:
            yield _alerted("EN-RISK-04", f"{pointer}/id", number, named[number])
    for number, item in enumerate(message.items):
        if "consignor" not in message.values and "consignor" not in item:
            yield _found("EN-RISK-06", f"/items/{number}/consignor")
        if consignee_unknown(item):
            continue
        consignee = item.get("consignee") or message.values.get("consignee", {})
        if "id" not in consignee and _TO_ORDER.fullmatch(consignee.get("name", "")):
            yield _found("EN-RISK-07", f"/items/{number}/consignee/name", consignee.get("name", ""))


def _parties(message: EntryMessage) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("consignor", "consignee", "notify_party", "representative", "lodger", "carrier"):
        if name in message.values:
            yield f"/{name}", message.values[name]
    for number, item in enumerate(message.items):
        for name in ("consignor", "consignee", "notify_party"):
            if name in item:
                yield f"/items/{number}/{name}", item[name]


def _of_route(message: EntryMessage, alerts: tuple[Alert, ...]) -> Iterator[RiskFinding]:
    listed = {alert.value: alert for alert in alerts if alert.kind == "route"}
    for number, stop in enumerate(message.values.get("itinerary", ())):
        if stop["country"] in listed:
            yield _alerted("EN-RISK-05", f"/itinerary/{number}/country", stop["country"], listed[stop["country"]])


def _found(rule: str, pointer: str, value: str = "") -> RiskFinding:
    known = RISK_RULES[rule]
    return RiskFinding(rule, known.effect, pointer, value[:120], question=known.question)


def _alerted(rule: str, pointer: str, value: str, alert: Alert) -> RiskFinding:
    """A finding of the alert list, whose entry says how strong it is."""
    return RiskFinding(rule, Effect(alert.effect), pointer, value[:120], alert.id, RISK_RULES[rule].question)
