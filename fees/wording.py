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

TAXES: dict[str, str | Promise] = {
    "A20": _("Additional duty"),
    "A35": _("Provisional anti-dumping duty"),
    "A40": _("Countervailing duty"),
    "A45": _("Provisional countervailing duty"),
    "A80": _("Safeguard duty"),
    "A85": _("Provisional safeguard duty"),
}
"""Taxes on top that are named by their tax type, where their kind alone would not say enough."""

TAX_TYPES: Words = TAXES | {
    "A00": KINDS["duty"],
    "A30": KINDS["anti_dumping"],
    "B00": KINDS["vat"],
    "1EX": KINDS["excise"],
}
"""Tax types as a statement or a claim lists them, without the line of the tariff."""

MOVEMENTS: Words = {
    "Duty, taxes and charges of ": _("Duty, taxes and charges of %(what)s"),
    "Security for ": _("Security for %(what)s"),
    "Payment received, reference ": _("Payment received, reference %(what)s"),
    "Final determination of ": _("Final determination of %(what)s"),
    "Invalidation of ": _("Invalidation of %(what)s"),
    "Statement ": _("Statement %(what)s"),
    "Given back: ": _("Given back: %(what)s"),
    "Cleared from suspense, reference ": _("Cleared from suspense, reference %(what)s"),
}
"""What the ledger writes of a movement, by how it begins; the ledger keeps one language, pages speak the reader's."""

CANDIDATES: Words = {
    "applied": _("Applied: the lowest rate that can be claimed"),
    "not_lowest": _("Not applied: a lower rate can be claimed"),
    "not_claimed": _("Not applied: the item does not claim this preference"),
    "other_claim": _("Not applied: the item claims another preference"),
    "no_proof": _("Not applied: no proof of origin is cited"),
    "no_authorisation": _("Not applied: no authorisation of the use is cited"),
    "no_document": _("Not applied: none of the documents that it needs is cited"),
    "condition_not_met": _("Not applied: a condition of the rate is not met"),
    "quota_not_cited": _("Not applied: the item does not cite this tariff quota"),
    "quota_none": _("Not applied: there is no such tariff quota on this day"),
    "quota_exhausted": _("Not applied: the tariff quota is used up"),
    "quota_blocked": _("Not applied: the tariff quota is blocked or suspended"),
    "quota_closed": _("Not applied: the period of the tariff quota is closed"),
    "quota_origin": _("Not applied: the tariff quota is not for this origin"),
    "quota_not_granted": _("Not applied: nothing of the tariff quota was granted"),
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
    "method_without_papers": _("The value is not the price, and no value declaration (N934) is cited."),
    "quota_not_in_tariff": _("A tariff quota is cited for which the tariff has no rate for these goods."),
}

METHODS: Words = {
    "1": _("Method 1: transaction value"),
    "2": _("Method 2: transaction value of identical goods"),
    "3": _("Method 3: transaction value of similar goods"),
    "4": _("Method 4: deductive value"),
    "5": _("Method 5: computed value"),
    "6": _("Method 6: fall-back"),
    "9": _("Simplified national rule"),
}
"""Of customs valuation, articles 1 to 7 of the WTO Valuation Agreement."""

ADJUSTMENTS: Words = {
    "AB": _("commissions and brokerage"),
    "AD": _("containers and packing"),
    "AE": _("materials and components supplied by the buyer"),
    "AF": _("tools, dies and moulds supplied by the buyer"),
    "AG": _("materials used up in production"),
    "AH": _("engineering and design supplied by the buyer"),
    "AI": _("royalties and licence fees"),
    "AJ": _("proceeds of a later resale"),
    "AK": _("transport and insurance to the border"),
    "AL": _("indirect payments"),
    "AN": _("additions by a ruling"),
    "BA": _("transport after the border"),
    "BB": _("work after importation"),
    "BC": _("duties and taxes here"),
    "BD": _("interest"),
    "BE": _("right to reproduce the goods"),
    "BF": _("buying commissions"),
    "BG": _("deductions by a ruling"),
}
"""Additions and deductions, article 8 of the Valuation Agreement and its note; the codes of the customs data models."""

BASES: Words = {
    "price": _("Price"),
    "stated_value": _("Stated customs value"),
    "invoice_total": _("Share of the invoice"),
}

COSTS: Words = {
    "freight": _("freight"),
    "insurance": _("insurance"),
    "additions": _("additions"),
    "deductions": _("deductions"),
}

PARTS: Words = {
    "within": _("part that the tariff quota granted"),
    "beyond": _("part beyond the tariff quota"),
}

OUTCOMES: Words = {
    "exempt": _("forbidden, but exempt by a document that is cited"),
    "met": _("requirement met by a document that is cited"),
    "prohibited": _("forbidden"),
    "missing": _("requirement not met: none of the documents is cited"),
    "told": _("requirement of the tariff"),
}

STANDINGS: Words = {
    "open": _("open"),
    "critical": _("nearly used up: the difference is secured"),
    "exhausted": _("used up"),
    "blocked": _("blocked or suspended"),
    "closed": _("closed"),
    "none": _("not found"),
}

ROUNDINGS: Words = {
    "ROUND_HALF_UP": _("rounded half up"),
    "ROUND_HALF_EVEN": _("rounded half to even"),
    "ROUND_DOWN": _("rounded down"),
    "ROUND_UP": _("rounded up"),
}

NOTICE_STANDINGS: Words = {
    "current": _("This notice is the one that counts."),
    "superseded": _("A later notice has taken its place."),
    "annulled": _("The declaration was withdrawn or refused: nothing is owed under this notice."),
}

QUOTE_STANDINGS: Words = {
    "valid": _("It holds: goods accepted today cost this."),
    "not_yet": _("It is for a later day, and holds then if tariff and exchange rates are the same."),
    "expired": _("Its day is over."),
    "tariff_changed": _("The tariff has changed since; ask for a new quote."),
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

COLUMNS: Words = {
    "title": _("What is charged"),
    "authority_name": _("Authority"),
    "law": _("Law"),
    "event": _("When it is due"),
    "unit": _("Counted"),
    "amount": _("Fixed amount"),
    "percentage": _("Share of the value in per cent"),
    "minimum": _("Not less than"),
    "maximum": _("Not more than"),
    "prefixes": _("Goods"),
    "in_vat_base": _("Part of the VAT base"),
    "comment": _("Note"),
}
"""Columns of the schedule, as a difference names them."""

OPERATORS: Words = {"": "", "+": _("plus"), "MIN": _("not less than"), "MAX": _("not more than")}


def word(words: Words, code: str) -> str:
    """What a code says, or the code itself where it is new."""
    return str(words.get(code, code))
