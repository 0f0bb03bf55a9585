"""Ask the ledger and everything beside it whether they say the same."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fees.selectors.ledger import ledger_totals
from singlewindow.kernel.money import from_minor
from singlewindow.payments.selectors.verify import ledger_verify


class Command(BaseCommand):
    """`manage.py ledger_verify`."""

    help = "Check every transaction, balance, suspense and payout against each other; fails with each difference."

    def handle(self, *args: Any, **options: Any) -> None:
        found = ledger_verify()
        if found:
            raise CommandError("\n".join(f"{one.rule} {one.sentence} {one.what}: {one.amount_minor}" for one in found))
        for one in ledger_totals():
            name = f"{one.kind} {one.authority}".strip()
            amount = f"{from_minor(one.amount_minor, one.currency):f}"
            self.stdout.write(f"{name}: {amount} {one.currency} on {one.accounts} accounts, {one.postings} postings")
        self.stdout.write("Everything agrees.")
