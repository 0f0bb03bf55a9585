"""Money for the account of the one who files, so that none of a thousand declarations waits for it."""

import os
from decimal import Decimal

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()

    from fees.services import account_credit
    from singlewindow.accounts.models import Organisation
    from singlewindow.accounts.types import system_actor

    account_credit(
        organisation_id=Organisation.objects.get(identifier="ZZIMP0001").pk,
        amount=Decimal(90_000_000),
        currency="EUR",
        reference="benchmark",
        actor=system_actor("benchmarks"),
    )
