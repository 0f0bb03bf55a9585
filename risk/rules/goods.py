"""RM-GDS: what the goods are, how they are described and under which procedure they go."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from risk.rules.consignment import Consignment, named_parties
from risk.rules.registry import SAFE, Hit, gettext_noop, risk_rule
from risk.types import Facts, TraderStep

# fmt: off
VAGUE = frozenset(
    {
        "goods", "general-goods", "general-cargo", "cargo", "parts", "spare-parts", "accessories", "samples",
        "sample", "gift", "gifts", "misc", "miscellaneous", "various", "various-goods", "items", "item", "other",
        "others", "product", "products", "merchandise", "n/a", "na", "nil", "none", "tbc", "tba", "as-per-invoice",
        "see-invoice", "as-invoice", "personal-effects", "consolidated", "freight-all-kinds", "fak",
        "said-to-contain", "test",
    }
)
# fmt: on
"""Descriptions that tell nothing (words joined with a hyphen), after the SAFE list of unacceptable descriptions."""
DESCRIPTION_MIN = 4
"""Letters under which a description tells nothing (RM-GDS-02)."""
EDGE_FROM = Decimal(5)
"""Points of duty saved by the wrong heading from which it matters (RM-GDS-04)."""
USUAL_PROCEDURES = frozenset({"40", "42", "10", "11", "01", "07", "23"})
"""Requested procedures without a duty suspended (RM-GDS-05)."""
# fmt: off
BELONGS_TO_ANOTHER = frozenset(
    {
        "for", "machine", "machines", "maker", "makers", "equipment", "apparatus", "parts", "accessories", "cups",
        "filters", "holders", "covers", "cases", "substitute", "substitutes", "flavour", "flavoured",
    }
)
# fmt: on
"""Words after which the goods named are not the goods declared ("coffee makers", "tyres for cars")."""
HIDDEN_CHARACTERS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")
SIGNS = re.compile(r"[^\w/]+")


@risk_rule(
    "RM-GDS-01",
    says=gettext_noop("%(code)s: %(kind)s (%(basis)s)"),
    step=TraderStep.LICENCE,
    basis="The convention or list named with the goods",
)
def sensitive_goods(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The goods are on the list of sensitive goods (arms, dual use, precursors, endangered species, waste)."""
    sensitive = facts.fact_set.sensitive
    if not sensitive:
        return
    for line in consignment.lines:
        code = line.item.commodity_code or ""
        for length in (10, 8, 6, 4, 2):
            found = sensitive.get(code[:length]) if len(code) >= length else None
            if found is not None:
                figures = {"code": code[:length], "kind": found.kind, "basis": found.basis}
                yield Hit(line.number, figures, lane=found.lane)
                break


@risk_rule(
    "RM-GDS-02",
    says=gettext_noop("described as “%(description)s”"),
    points=10,
    step=TraderStep.DESCRIPTION,
    basis=SAFE + " (acceptable descriptions)",
    shortest=DESCRIPTION_MIN,
    words=VAGUE,
)
def vague_description(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The description tells nothing of the goods (“goods”, “parts”, “n/a”) or has under four letters."""
    for line in consignment.lines:
        text = line.item.description
        if text is None:
            continue
        plain = SIGNS.sub("-", text.casefold()).strip("-")
        if plain in VAGUE or sum(map(str.isalpha, plain)) < DESCRIPTION_MIN:
            yield Hit(line.number, {"description": text[:70]})


@risk_rule(
    "RM-GDS-03",
    says=gettext_noop("“%(word)s” belongs in chapter %(chapters)s, declared in %(chapter)s"),
    points=15,
    step=TraderStep.DESCRIPTION,
    basis="HS Convention, general rules 1 and 6",
    except_words=BELONGS_TO_ANOTHER,
)
def description_contradicts_code(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A word of the description names goods of another chapter, and no word names goods of the declared one."""
    names = facts.fact_set.words
    if not names:
        return
    for line in consignment.lines:
        if line.words & BELONGS_TO_ANOTHER:
            continue
        known = [(word, names[word]) for word in sorted(line.words) if word in names]
        if known and line.chapter and not any(line.chapter in chapters for _, chapters in known):
            word, chapters = known[0]
            figures = {"word": word, "chapters": ", ".join(sorted(chapters)), "chapter": line.chapter}
            yield Hit(line.number, figures)


@risk_rule(
    "RM-GDS-04",
    says=gettext_noop("%(hs6)s is often declared for %(instead_of)s, which saves %(edge)s points of duty"),
    points=8,
    step=TraderStep.DESCRIPTION,
    basis="HS Convention, general rules 1 and 6",
    edge=EDGE_FROM,
)
def often_misclassified(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Goods of a dearer heading are often declared under this one, and it saves five points of duty or more."""
    for line in consignment.lines if consignment.is_import else ():
        found = facts.fact_set.confusable.get(line.hs6)
        if found is not None and found.edge >= EDGE_FROM:
            figures = {"hs6": line.hs6, "instead_of": found.instead_of, "edge": format(found.edge, "f")}
            yield Hit(line.number, figures)


@risk_rule(
    "RM-GDS-05",
    says=gettext_noop("procedure %(procedure)s"),
    points=5,
    step=TraderStep.DOCUMENTS,
    basis="RKC, specific annexes D to J",
    usual=USUAL_PROCEDURES,
)
def unusual_procedure(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The goods go under a procedure that suspends or relieves from duty."""
    for line in consignment.lines:
        if line.item.procedure[:2] not in USUAL_PROCEDURES:
            yield Hit(line.number, {"procedure": line.item.procedure})


@risk_rule(
    "RM-GDS-06",
    says=gettext_noop("in %(where)s: %(what)s"),
    points=15,
    step=TraderStep.DESCRIPTION,
    basis="Unicode Technical Standard 39",
)
def suspicious_text(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """A description or a name hides characters or mixes alphabets within a word, so that screening misses it."""
    for line in consignment.lines:
        if what := _suspicion(line.item.description):
            yield Hit(line.number, {"where": "description", "what": what})
    for party in named_parties(consignment.message):
        if what := _suspicion(party.name):
            yield Hit(None, {"where": "party name", "what": what})
            break


def _suspicion(text: str | None) -> str:
    if not text or (text.isascii() and text.isprintable()):
        return ""
    hidden = HIDDEN_CHARACTERS.search(text)
    if hidden:
        return f"hidden character U+{ord(hidden.group()):04X}"
    for word in text.split():
        scripts = {_script(c) for c in word if c.isalpha()}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}:
            return f"letters of two alphabets in “{word[:30]}”"
    return ""


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]
