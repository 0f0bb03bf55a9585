"""The way back of each fold: from the fields of the object around to the groups of the message."""

from collections.abc import Callable, Iterator

from declarations.messages.cds import folds
from declarations.messages.cds.nodes import Fold, Object

Unfold = Callable[[Object], Iterator[Object]]


def _nothing(around: Object) -> Iterator[Object]:
    """It is written elsewhere: the consignor stands at the shipment."""
    return iter(())


def _document(around: Object) -> Iterator[Object]:
    for one in around.get("documents", ()):
        parts = {name: value for name, value in one.items() if name not in _WRITE_OFF and name != "code"}
        if code := one.get("code", ""):
            split = max(1, len(code) - 3)
            parts |= {"category": code[:split]} | ({"type": code[split:]} if code[split:] else {})
        used = {name: one[name] for name in _WRITE_OFF if name in one}
        yield parts | ({"write_off": used} if used else {})


_WRITE_OFF = ("quantity", "unit", "amount")


def _sent_quantity(around: Object) -> Iterator[Object]:
    used = around.get("write_off")
    if used:
        counted = {name: used[name] for name in ("quantity", "unit") if name in used}
        amount = {"amount": used["amount"]} if "amount" in used else {}
        yield ({"used": counted} if "quantity" in counted else {}) | amount


def _numbered(key: str, name: str) -> Unfold:
    def unfold(around: Object) -> Iterator[Object]:
        for place, value in enumerate(around.get(key, ()), 1):
            yield {"sequence": place, name: value}

    return unfold


def _dangerous_goods(around: Object) -> Iterator[Object]:
    for number in around.get("un_numbers", ()):
        yield {"id": number}


def _classification(around: Object) -> Iterator[Object]:
    code = around.get("commodity_code", "")
    if code:
        yield {"code": code[:8], "type": "TSP"}
    if code[8:]:
        yield {"code": code[8:], "type": "TRC"}
    yield from around.get("additional_codes", ())


def _origin(around: Object) -> Iterator[Object]:
    for name, kind in (("origin", "1"), ("preferential_origin", "2")):
        if name in around:
            yield {"country": around[name], "type": kind}


def _procedure(around: Object) -> Iterator[Object]:
    if main := around.get("procedure", ""):
        yield {"current": main[:2], "previous": main[2:]}
    for further in around.get("additional_procedures", ()):
        yield {"current": further}


def _duty(around: Object) -> Iterator[Object]:
    first: Object = {name: around[name] for name in ("preference", "quota_order_number") if name in around}
    claims = around.get("duty_claims", ())
    if not claims and first:
        yield first
    for claim in claims:
        entry = first | {name: value for name, value in claim.items() if name not in ("base_quantity", "unit")}
        if "base_quantity" in claim:
            entry["base"] = {"quantity": claim["base_quantity"]} | ({"unit": claim["unit"]} if "unit" in claim else {})
        yield entry
        first = {}


def _charge(around: Object) -> Iterator[Object]:
    for key in ("other_charges", "deductions"):
        yield from map(_with_money, around.get(key, ()))


def _item_charge(around: Object) -> Iterator[Object]:
    return map(_with_money, around.get("valuation_adjustments", ()))


def _with_money(one: Object) -> Object:
    return {"code": one["code"], "money": {"amount": one["amount"], "currency": one["currency"]}}


UNFOLDS: dict[Fold, Unfold] = {
    folds.party_of_consignment: _nothing,
    folds.document: _document,
    folds.sent_quantity: _sent_quantity,
    folds.itinerary: _numbered("itinerary", "country"),
    folds.seal: _numbered("seals", "id"),
    folds.container: _numbered("container_ids", "id"),
    folds.dangerous_goods: _dangerous_goods,
    folds.classification: _classification,
    folds.origin: _origin,
    folds.procedure: _procedure,
    folds.duty: _duty,
    folds.charge: _charge,
    folds.item_charge: _item_charge,
}
