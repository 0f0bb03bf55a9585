"""Words of a notice for people: the stored notice holds codes, pages say what they mean."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

KINDS: Words = {
    "duty": _("Customs duty"),
    "preference": _("Customs duty, preferential rate"),
    "suspension": _("Customs duty, suspended rate"),
    "anti_dumping": _("Anti-dumping duty"),
    "excise": _("Excise"),
    "vat": _("Value added tax"),
}

CANDIDATES: Words = {
    "applied": _("Applied: the lowest rate that can be claimed"),
    "not_lowest": _("Not applied: a lower rate can be claimed"),
    "not_claimed": _("Not applied: the item does not claim this preference"),
    "other_claim": _("Not applied: the item claims another preference"),
    "no_proof": _("Not applied: no proof of origin is cited"),
    "no_authorisation": _("Not applied: no authorisation of the use is cited"),
}

RELIEFS: Words = {
    "warehouse": _("Suspended: the goods go into a warehouse"),
    "tax_warehouse": _("Suspended: the goods go into a tax warehouse"),
    "inward_processing": _("Suspended: inward processing"),
    "processing": _("Suspended: processing under customs control"),
    "temporary_admission": _("Suspended: temporary admission"),
    "transit": _("Not due: the goods are in transit"),
    "onward_supply": _("Not due: onward supply"),
    "de_minimis": _("Not due: small value"),
    "removal": _("Not due: personal goods of someone who moves here"),
    "gift": _("Not due: gift"),
    "returned": _("Not due: returned goods"),
}

NOTES: Words = {
    "freight_in_price": _("The delivery terms say that the price holds the freight; it was not added again."),
    "no_freight_stated": _("No freight is stated, although the delivery terms leave it to the buyer."),
}

EVENTS: Words = {
    "import_declaration": _("Import declaration"),
    "export_declaration": _("Export declaration"),
    "import_item": _("Goods item of an import"),
    "export_item": _("Goods item of an export"),
    "examination": _("Examination"),
    "storage_day": _("Storage"),
    "container": _("Container"),
    "permit": _("Permit"),
    "ruling": _("Ruling"),
    "overtime_hour": _("Work outside office hours"),
}

OPERATORS: Words = {"": "", "+": _("plus"), "MIN": _("not less than"), "MAX": _("not more than")}


def word(words: Words, code: str) -> str:
    """What a code says, or the code itself where it is new."""
    return str(words.get(code, code))
