"""The features of a model in words: one sentence for each kind of feature, one name for each column."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from singlewindow.learning.types import Explanation

COLUMNS: Mapping[str, Promise] = {
    "office": gettext_lazy("office"),
    "process": gettext_lazy("kind of process"),
    "nature": gettext_lazy("nature of the transaction"),
    "use": gettext_lazy("use of the goods"),
    "payment": gettext_lazy("way of payment"),
    "mode": gettext_lazy("mode of transport"),
    "declarant": gettext_lazy("declarant"),
    "trader": gettext_lazy("importer"),
    "partner": gettext_lazy("seller"),
    "courier": gettext_lazy("courier"),
    "hs6": gettext_lazy("HS code (six digits)"),
    "hs4": gettext_lazy("HS heading"),
    "hs2": gettext_lazy("HS chapter"),
    "dispatch": gettext_lazy("country of dispatch"),
    "origin": gettext_lazy("country of origin"),
    "tax_rate": gettext_lazy("rate of duty"),
    "rate": gettext_lazy("rate of duty"),
    "tax_type": gettext_lazy("type of rate"),
    "origin_mark": gettext_lazy("mark of origin"),
    "net_mass": gettext_lazy("net mass"),
    "mass": gettext_lazy("net mass"),
    "mass_band": gettext_lazy("size of consignment"),
    "price": gettext_lazy("price"),
    "value_per_kg": gettext_lazy("value per kg"),
}
"""What the columns are called. A free column of a source goes by its own name, with spaces."""

SENTENCES: Mapping[str, Promise] = {
    "rows": gettext_lazy("How many earlier items had the same %(what)s"),
    "fraud": gettext_lazy("How often earlier items with the same %(what)s were found wrong"),
    "critical": gettext_lazy("How often earlier items with the same %(what)s were found gravely wrong"),
    "value_distance": gettext_lazy("How far the value per kg lies from what is usual for the same %(what)s"),
    "mass_distance": gettext_lazy("How far the net mass lies from what is usual for the same %(what)s"),
    "number": gettext_lazy("As declared: %(what)s"),
}
PAST = gettext_lazy("What checks of earlier items with the same %(what)s found")
_OF_THE_PAST = frozenset({"rows", "fraud", "critical"})


@dataclass(frozen=True, slots=True)
class FeatureWords:
    """A feature as a page says it."""

    feature: str
    sentence: str
    group: str
    """Features of one group tell of one thing; their contributions may be added up."""
    group_sentence: str


@dataclass(frozen=True, slots=True)
class WordedPart:
    """What one group of features adds to the log-odds."""

    group: str
    sentence: str
    log_odds: float


def feature_words(feature: str) -> FeatureWords:
    """A feature in the reader's language; one that no catalogue knows goes by its name."""
    kind, _, columns = feature.partition(":")
    what = ", ".join(_column(column) for column in columns.split("*"))
    template = SENTENCES.get(kind)
    sentence = str(template) % {"what": what} if template is not None else feature
    if kind in _OF_THE_PAST:
        return FeatureWords(feature, sentence, f"past:{columns}", str(PAST) % {"what": what})
    return FeatureWords(feature, sentence, feature, sentence)


def explanation_words(explanation: Explanation) -> list[WordedPart]:
    """The parts of a score by group, the largest first; with the base they sum to the log-odds."""
    sums: dict[str, float] = {}
    sentences: dict[str, str] = {}
    for part in explanation.parts:
        words = feature_words(part.feature)
        sums[words.group] = sums.get(words.group, 0.0) + part.log_odds
        sentences[words.group] = words.group_sentence
    ordered = sorted(sums.items(), key=lambda one: -abs(one[1]))
    return [WordedPart(group, sentences[group], log_odds) for group, log_odds in ordered]


def base_words() -> str:
    """What the base of an explanation is."""
    return gettext("The usual risk of all items")


def _column(column: str) -> str:
    known = COLUMNS.get(column)
    return column.replace("_", " ") if known is None else str(known)
