"""Guarantees of the demonstration: a comprehensive one in force with its access code, one that waits to be granted."""

from datetime import timedelta
from decimal import Decimal

from singlewindow.demo.watching import agreed, person
from singlewindow.guarantees.rules.granting import Application
from singlewindow.guarantees.selectors.lists import guarantees_for
from singlewindow.guarantees.services.changing import code_change
from singlewindow.guarantees.services.registering import guarantee_propose, guarantee_register
from singlewindow.guarantees.types import CRITERIA, GuaranteeType
from singlewindow.kernel import clock

TRADER, OFFICER = "trader", "officer"
CODE = "K1V7"
"""The access code of the demonstration: everybody who tries the window may know it."""


def guarantees_load() -> int:
    """Apply for two guarantees and grant the first; how many there are.

    Idempotent: where the trader has one, nothing is done.
    """
    trader, officer = person(TRADER), person(OFFICER)
    if guarantees_for(trader).rows:
        return 0
    today = clock.today()
    comprehensive = Application(
        type=GuaranteeType.COMPREHENSIVE,
        currency="EUR",
        reference_amount=Decimal(50_000),
        valid_from=today - timedelta(days=75),  # older than last month's statement, which rests on it
        guarantor_name="Bank of Kivana",
        sensitive_excluded=("2402", "2208"),
    )
    (first,) = guarantee_register(actor=trader, application=comprehensive)
    proposal_id = guarantee_propose(
        actor=officer,
        guarantee_id=first.id,
        level=50,
        criteria=CRITERIA[50],
        reason="Accounts and payments were checked.",
    )
    agreed(proposal_id, "The records bear it out.")
    code_change(actor=trader, guarantee_id=first.id, code=CODE)
    individual = Application(
        type=GuaranteeType.UNDERTAKING,
        currency="EUR",
        reference_amount=Decimal(12_500),
        valid_from=today,
        valid_to=today + timedelta(days=365),
        guarantor_name="Kito Insurance",
    )
    guarantee_register(actor=trader, application=individual)
    return 2
