"""One client of the hot permit: accepts declarations that all cite the same permit, one after the other."""

import json
import os
import sys
from decimal import Decimal

import django


def main() -> None:
    """Make declarations ready when told to, reserve for each when told to go; a number answers each line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()
    from agencies.models import Permit
    from agencies.services import permits_reserve
    from singlewindow.accounts.models import Organisation, OrganisationKind
    from singlewindow.accounts.types import system_actor
    from singlewindow.db.work import unit_of_work
    from tests.factories import agencies

    defaults = {"kind": OrganisationKind.TRADER, "name": "Amari Foods Ltd", "country": "ZZ"}
    trader = Organisation.objects.get_or_create(identifier="ZZIMP0001", defaults=defaults)[0]
    columns = {
        "agency": agencies.agency("PHY"),
        "holder": trader,
        "hs_prefix": "0805",
        "direction": "import",
        "quantity": Decimal(100_000_000),
        "unit": "KGM",
        "valid_from": agencies.AT.date().replace(month=1, day=1),
        "valid_to": agencies.AT.date().replace(month=12, day=31),
    }
    permit = Permit.objects.get_or_create(code="7P01", number="PHY-BENCH-1", defaults=columns)[0]
    cited = {"documents": agencies.citing(permit.number, quantity="1", unit="KGM")}
    message = agencies.oranges(cited, trader=trader.identifier)
    actor = system_actor("bench")
    ready = []
    for line in sys.stdin:
        told = json.loads(line)
        if "prepare" in told:
            ready = [agencies.snapshot(message, of=trader) for _ in range(told["prepare"])]
            print(len(ready), flush=True)
            continue
        taken = 0
        for declaration in ready:
            with unit_of_work() as work:
                outcomes = permits_reserve(work, declaration, actor=actor, at=agencies.AT)
            taken += all(one.satisfied for one in outcomes)
        print(taken, flush=True)


if __name__ == "__main__":
    main()
