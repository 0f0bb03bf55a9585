"""Which data a declaration of its type and procedure owes.

Source: UCC Delegated Act 2015/2446, Annex B, data sets H1 to H7 and B1 to B4 (columns), and the national reductions.
"""

from declarations.schemas import DeclarationMessage, GoodsItem

FULL_LETTERS = frozenset("ADRUVXYZ")
"""Standard declarations (A, D) and those that complete a simplified one or an entry in the records."""

NO_GOODS_LETTERS = frozenset("Q")
"""A final supplementary declaration: it names no goods of its own."""

LOW_VALUE = frozenset({"C07", "C08", "F48"})
"""Additional procedures for consignments of negligible value, gifts between private persons, and their VAT scheme."""

GROUPED = frozenset({"F47"})
"""Goods of several subheadings declared under the one with the highest duty (UCC article 177)."""

UNIT_PRICED = frozenset({"E01", "E02"})
"""Perishable goods valued by published unit prices or standard import values: there is no invoice price."""

FREE_CIRCULATION = frozenset({"07", "40", "42", "43", "44", "45", "46", "48", "49", "61", "63", "68"})
EXPORT = frozenset({"10", "11", "21", "22", "23", "31"})


def is_full(message: DeclarationMessage) -> bool:
    """Whether the declaration owes the full data set of its direction."""
    return message.type_code[2] in FULL_LETTERS and message.type_code[:2] != "CO"


def is_reduced(item: GoodsItem) -> bool:
    """Whether an additional procedure of the item asks for less than the full data set.

    National codes begin with a digit (000 means none): each country may reduce what it asks for.
    """
    return any(
        code in LOW_VALUE or code in GROUPED or (code[0].isdigit() and code != "000")
        for code in item.additional_procedures
    )


def owes_full_import(item: GoodsItem, message: DeclarationMessage) -> bool:
    """Whether the item is released for free circulation on a full data set."""
    return (
        message.type_code[:2] == "IM"
        and message.type_code[2] in FULL_LETTERS
        and item.procedure[:2] in FREE_CIRCULATION
        and not is_reduced(item)
    )


def owes_full_export(item: GoodsItem, message: DeclarationMessage) -> bool:
    """Whether the item is exported on a full data set."""
    return (
        message.type_code[:2] == "EX"
        and message.type_code[2] in FULL_LETTERS
        and item.procedure[:2] in EXPORT
        and not is_reduced(item)
    )
