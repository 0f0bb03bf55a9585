"""Groups that become more than one field of the canonical form, or only a part of one."""

from declarations.messages.cds.nodes import Object


def party_of_consignment(read: Object, around: Object) -> None:
    """The consignor may stand at the consignment or at the shipment; it is one party."""
    around.setdefault("consignor", read)


def document(read: Object, around: Object) -> None:
    """Category and type are one code (N and 935 are N935)."""
    parts = (read.pop("category", ""), read.pop("type", ""))
    if code := "".join(parts):
        read["code"] = code
    used = read.pop("write_off", None)
    if used:
        read.update(used)
    around.setdefault("documents", []).append(read)


def itinerary(read: Object, around: Object) -> None:
    """The countries of the route, in order."""
    if "country" in read:
        around.setdefault("itinerary", []).append(read["country"])


def seal(read: Object, around: Object) -> None:
    """The number of a seal."""
    if "id" in read:
        around.setdefault("seals", []).append(read["id"])


def container(read: Object, around: Object) -> None:
    """The equipment that carries the item."""
    if "id" in read:
        around.setdefault("container_ids", []).append(read["id"])


def dangerous_goods(read: Object, around: Object) -> None:
    """The UN number of dangerous goods."""
    if "id" in read:
        around.setdefault("un_numbers", []).append(read["id"])


def classification(read: Object, around: Object) -> None:
    """Tariff code (TSP, 8 digits) and TARIC part (TRC, 2 digits) are one commodity code; others stand beside it."""
    kind, code = read.get("type", ""), read.get("code", "")
    if kind == "TSP":
        around["commodity_code"] = code + around.get("commodity_code", "")
    elif kind == "TRC":
        around["commodity_code"] = around.get("commodity_code", "") + code
    else:
        around.setdefault("additional_codes", []).append(read)


def origin(read: Object, around: Object) -> None:
    """Type 2 is preferential; any other, or none, is the origin of trade statistics."""
    name = "preferential_origin" if read.get("type") == "2" else "origin"
    country = read.get("country", "")
    if around.get(name, country) != country:
        # Two different origins of one kind are no origin: what comes out fits no code and is refused with its place.
        country = f"{around[name]}/{country}"
    around[name] = country


def procedure(read: Object, around: Object) -> None:
    """The procedure with a previous one is the item's own; the others are additional procedures."""
    requested, previous = read.get("current", ""), read.get("previous")
    if previous is None:
        around.setdefault("additional_procedures", []).append(requested)
    else:
        around["procedure"] = around.get("procedure", "") + requested + previous


def duty(read: Object, around: Object) -> None:
    """Preference and quota belong to the item; the rest is what the declarant claims of one duty."""
    for name in ("preference", "quota_order_number"):
        value = read.pop(name, None)
        if value is not None:
            known = around.setdefault(name, value)
            around[name] = known if known == value else f"{known}/{value}"
    base = read.pop("base", None)
    if base is not None:
        read["base_quantity"] = base.pop("quantity")
        read.update(base)
    if read:
        around.setdefault("duty_claims", []).append(read)


def charge(read: Object, around: Object) -> None:
    """Codes A are additions, codes B deductions."""
    name = "deductions" if read.get("code", "").startswith("B") else "other_charges"
    around.setdefault(name, []).append(_flat(read))


def item_charge(read: Object, around: Object) -> None:
    """Additions to and deductions from the price of one item; the code says which."""
    around.setdefault("valuation_adjustments", []).append(_flat(read))


def _flat(read: Object) -> Object:
    read.update(read.pop("money", {}))
    return read


def sent_quantity(read: Object, around: Object) -> None:
    """How much of a permit is used: quantity and unit, or an amount."""
    used = dict(read.get("used", {}))
    if "amount" in read:
        used["amount"] = read["amount"]
    around["write_off"] = used
