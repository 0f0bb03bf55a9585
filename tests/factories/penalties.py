"""Penalties and disclosures of the tests."""

from decimal import Decimal

from singlewindow.accounts.permissions import Role
from singlewindow.penalties.services import disclosure_file, penalty_notify
from singlewindow.penalties.services.disclosures import Disclosed
from singlewindow.penalties.services.penalties import Charged
from tests.factories import accounts


def disclosed(head, actor, **changes):
    """An error of origin, disclosed by a party."""
    given = {"offence": "ORG", "facts": "The goods are of another origin.", "evaded": Decimal("1000.00")} | changes
    return disclosure_file(actor=actor, declaration_id=head.id, disclosed=Disclosed(**given))


def charged(head, *, organisation=None, **changes):
    """What an officer holds against the filer: 1,000.00 evaded by a wrong origin, out of carelessness."""
    given = {
        "offence": "ORG",
        "degree": "careless",
        "facts": "The goods are of another origin than declared.",
        "base_minor": 100_000,
        "organisation_id": organisation.id if organisation else head.trader_org or head.lodged_by,
    }
    return Charged(**(given | changes))


def notified(head, *, officer=None, **changes):
    """Notice of it, given by an officer."""
    return penalty_notify(
        actor=officer or accounts.actor(Role.OFFICER), declaration_id=head.id, charged=charged(head, **changes)
    )
