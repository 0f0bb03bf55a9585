"""Advance data on cargo in the demonstration: complete, asked about, and one that should not be loaded."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from singlewindow.accounts.permissions import Role
from singlewindow.db.work import unit_of_work
from singlewindow.demo.cargo import actor_of
from singlewindow.demo.people import DATA
from singlewindow.ens.messages.json_form import read_json
from singlewindow.ens.services import entry_take
from singlewindow.ens.tasks import assess
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock


def entries_load(now: datetime) -> int:
    """Advance data of a broker and a carrier: complete, asked about, and one that should not be loaded."""
    made = json.loads((DATA / "entries.json").read_text(encoding="utf-8"))
    for one in made:
        role = Role.CARRIER if one["filer"].startswith("ZZCAR") else Role.BROKER
        with clock.frozen(now - timedelta(hours=one["hours_ago"])):
            with unit_of_work() as work:
                message = read_json(orjson.dumps(_entry(one, clock.now())))
                entry_take(work, message=message, actor=actor_of(one["filer"], role), channel="json")
            assess(list(Job.objects.filter(kind=assess.name, state="todo").values_list("id", flat=True)))
    return len(made)


def _entry(one: dict[str, Any], at: datetime) -> dict[str, Any]:
    ship, voyage, port = one["ship"]
    name, street, postcode, city, country = one["consignor"]
    arrival = at + timedelta(hours=one["hours_ago"] + one["arrives_in_hours"])
    return {
        "kind": "CC315A",
        "sender": f"{one['filer']}/0000000001",
        "recipient": "ZZCUS",
        "prepared_on": f"{at:%y%m%d}",
        "prepared_at": f"{at:%H%M}",
        "message_id": one["lrn"].replace("-", ""),
        "message_type": "CC315A",
        "header": {
            "lrn": one["lrn"],
            "transport_mode": "1",
            "transport_id": ship,
            "conveyance_reference": voyage,
            "item_count": str(len(one["goods"])),
            "package_count": str(sum(packages for *_, packages, _bill in one["goods"])),
            "gross_mass_kg": format(sum(Decimal(mass) for _, _, mass, _, _ in one["goods"]), "f"),
            "place": city.upper(),
            "commercial_reference": one["goods"][0][-1],
            "loading_place": port,
            "unloading_place": "ZZAMA",
            "declared_at": f"{at:%Y%m%d%H%M}",
        },
        "consignor": {"name": name, "street": street, "postcode": postcode, "city": city, "country": country},
        "consignee": {"id": one["consignee"]},
        "items": [
            {
                "number": str(number),
                "description": what,
                "gross_mass_kg": mass,
                "documents": [{"type": "N705", "reference": bill}],
                "commodity": {"code": code},
                "packages": [{"kind": "CT", "count": str(packages), "marks": f"LOT {number}"}],
            }
            for number, (what, code, mass, packages, bill) in enumerate(one["goods"], start=1)
        ],
        "itinerary": [{"country": country}, {"country": "ZZ"}],
        "lodger": {"id": one["filer"]},
        "first_entry": {"office": "ZZ000101", "expected_at": f"{arrival:%Y%m%d%H%M}"},
    }
