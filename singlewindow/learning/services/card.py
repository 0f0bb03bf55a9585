"""The card of a model: what it is for, what it learned from, how well it does, and what it must not be used for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from singlewindow.learning.rules.metrics import SHARES, Figure
from singlewindow.learning.rules.model import Model
from singlewindow.learning.services.evaluation import Evaluation
from singlewindow.learning.types import Label


@dataclass(frozen=True, slots=True)
class Card:
    """What a card tells."""

    name: str
    model: Model
    rows: int
    period: tuple[date, date]
    data_sha256: str
    held_apart: tuple[date, date]
    evaluation: Evaluation


LIMITS = {
    "risk-data": (
        "The rows are synthetic, and whole consignments come again in them: of the goods that a later period holds, "
        "most were seen before with the same mass, value and route, and ended the same way. The figures show that the "
        "model recognises what comes again. How it does on goods that it has not seen stands beside them, and is the "
        "better guess of what it can do in a real trade.",
        "Importers, declarants, sellers and offices carry no signal in these rows (their histories did not survive the "
        "synthesis), so the model says nothing of persons, and no figure here shows what party histories are worth.",
        "Only inspected declarations are inside. The share of fraud is that of the inspected, not of all trade; the "
        "effect of being selected for inspection cannot be measured here.",
        "The share of fraud hardly changes over the months. How the model ages when trade or fraud changes cannot be "
        "seen here.",
        "There is no revenue in the rows. Shares of revenue are of price times rate, which a few dear rows decide.",
    ),
    "platform": (
        "It learned from goods that were checked. What is never checked it knows nothing of; the control sample and "
        "the explored share of the selection are there to correct that, by the weights of the rows.",
        "An outcome is what a check found, not what was there. A kind of fraud that checks overlook stays invisible.",
        "Its tables end with the period above. It must not be asked about declarations of that period: it has seen "
        "how they ended.",
    ),
}
"""What a reader must know before believing the figures, by source of rows."""

USES = (
    "It orders items for checks: the probability that a check would find something wrong, beside rules and profiles "
    "that stand on their own. A person decides."
)
NOT_FOR = (
    "to refuse, fine or accuse anybody: a score is no evidence",
    "to lower the lane of what a hard profile holds",
    "on goods or documents that it was not trained on: exports, transit, travellers",
    "to compare traders with each other, or to tell a trader anything",
)


TITLES = (
    *((f"precision at {share} %", f"precision_at_{share}") for share in SHARES),
    *((f"recall at {share} %", f"recall_at_{share}") for share in SHARES),
    *((f"revenue found at {share} %", f"revenue_at_{share}") for share in SHARES),
    ("AUC", "auc"),
    ("average precision", "average_precision"),
    ("F1 at the threshold", "f1"),
    ("precision at the threshold", "precision"),
    ("recall at the threshold", "recall"),
    ("Brier score", "brier"),
)
"""The figures that people read, by their title."""


def card_text(card: Card) -> str:
    """The card in Markdown. The same model gives the same text."""
    first, last = card.period
    spec = card.model.spec
    features, evaluation = len(card.model.feature_names), card.evaluation
    parts = [
        f"# Model card: {card.name or spec.name}",
        f"Purpose. {USES}",
        f"It must not be used {'; '.join(NOT_FOR)}.",
        "## Data",
        f"{card.rows:,} checked items, {first} to {last}, source `{spec.name}`. SHA-256 of the rows: "
        f"`{card.data_sha256}`.",
        "## Features",
        f"{features} numbers of each item: {', '.join(spec.numbers)} and value per kg as they are; for "
        f"{len(spec.profiles)} combinations of keys, how many earlier items agree in all of them and what share of "
        "those was fraud and critical fraud; and how far value per kg and mass lie from the median of "
        f"{len(spec.medians)} groups. An item sees items of strictly earlier days only. The outcome is never a "
        "feature.",
        "\n".join(f"- {', '.join(keys)}" for keys in spec.profiles),
        "## Trees",
        *(_trees(card, label) for label in Label),
        "## Figures",
        f"Measured on {evaluation.rows:,} items of {card.held_apart[0]} to {card.held_apart[1]}, before the model "
        f"learned from those too; 95 % intervals of {evaluation.resamples} resamples, seed {evaluation.seed}.",
        *(figures_table(evaluation, label) for label in Label),
        f"Revenue: {evaluation.revenue}.",
        "## Limits",
        "\n".join(f"- {limit}" for limit in LIMITS.get(spec.name, LIMITS["platform"])),
    ]
    return "\n\n".join(parts) + "\n"


def _trees(card: Card, label: Label) -> str:
    made = card.model.labels[label]
    if made.booster is None:
        return f"{label}: none. On the rows held apart nothing was found that foretells it, so it is a constant."
    return f"{label}: {made.rounds} trees; called positive from {made.threshold:.4f}."


def figures_table(evaluation: Evaluation, label: Label) -> str:
    """The figures of a label for people, in Markdown."""
    made = evaluation.labels[label]
    lines = ["| " + label + " | all goods | goods not seen before |", "| --- | --- | --- |"]
    lines.append(f"| items (positive) | {made.rows} ({made.positives}) | {made.new_rows} ({made.new_positives}) |")
    lines += [f"| {title} | {_told(made.whole, name)} | {_told(made.new, name)} |" for title, name in TITLES]
    return "\n".join(lines)


def _told(figures: Mapping[str, Figure], name: str) -> str:
    figure = figures.get(name)
    if figure is None or figure.value != figure.value:
        return "-"
    return f"{figure.value:.4f} ({figure.low:.4f} to {figure.high:.4f})"
