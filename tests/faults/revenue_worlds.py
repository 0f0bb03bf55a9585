"""What stands before the acts of revenue, payments, guarantees and quotas that are killed, each with its trader."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.management import call_command

from clearance.tasks import decide
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.selectors.lines import tax_lines
from fees.services import account_credit
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.payments.models import BankStatement
from singlewindow.payments.providers.signatures import HEADER, sign
from singlewindow.payments.providers.simulator import SIMULATOR
from singlewindow.payments.services.provider_payments import callback_take
from singlewindow.quotas.models import Quota, Run
from singlewindow.revenue.models import Statement
from singlewindow.revenue.rules.claims import LineAsked
from singlewindow.revenue.services import claim_accept, claim_verify, repayment_file
from tests.factories import accounts, payments
from tests.factories import revenue as revenues
from tests.factories.declarations import import_json, item_json
from tests.factories.guarantees import CODE, guarantee

_numbers = count(1)
Given = tuple[Any, dict[str, Any]]
"""A trader, and what the act is told."""


def trader_new() -> Any:
    """A trusted trader with 9,000 euros."""
    trader = revenues.trusted(identifier=f"ZZKRV{next(_numbers):06d}")
    account_credit(
        organisation_id=trader.pk,
        amount=Decimal(9000),
        currency="EUR",
        reference=f"opening {trader.identifier}",
        actor=system_actor("tests"),
    )
    return trader


def lodged(trader: Any, plain: dict[str, Any]) -> tuple[Declaration, list[int]]:
    """A declaration, and the jobs that decide it."""
    message = DeclarationMessage.model_validate(plain)
    done = declaration_lodge(message=message, actor=accounts.actor(Role.TRADER, of=trader), channel=Channel.JSON)
    jobs = Job.objects.filter(subject_id=str(done.id), kind=decide.name)
    return Declaration.objects.get(pk=done.id), list(jobs.values_list("pk", flat=True))


def released(trader: Any, plain: dict[str, Any]) -> Declaration:
    """A declaration that was decided."""
    declaration, jobs = lodged(trader, plain)
    decide(jobs)
    return declaration


def asking(trader: Any, method: str, **more: Any) -> dict[str, Any]:
    """An import that asks to be paid in a way."""
    plain = import_json(1, trader=trader.identifier) | more
    claims = [{"tax_type": "A00", "method": method}]
    return plain | {"items": [item | {"duty_claims": claims} for item in plain["items"]]}


def secured() -> Given:
    """Goods that ask to leave on a guarantee."""
    trader = trader_new()
    row = guarantee(trader, limit_minor=5_000_000)
    cited = [{"id": row.grn, "security_code": row.type, "access_code": CODE}]
    _, jobs = lodged(trader, asking(trader, "R", guarantees=cited))
    return trader, {"jobs": jobs}


def told() -> Given:
    """A basket at a provider, which has told that it was paid."""
    trader = trader_new()
    actor = accounts.actor(Role.TRADER, of=trader)
    message = payments.sent(actor, payments.basket(actor, payments.demand(actor, 2_500)))
    headers = {HEADER: sign(SIMULATOR.secret, message.body(), clock.now())}
    callback_take(provider="simulator", headers=headers, body=message.body())
    jobs = Job.objects.filter(kind="payments.apply", state="todo").values_list("pk", flat=True)
    return trader, {"jobs": list(jobs)}


def deferred() -> Given:
    """Goods that left on a deferment: their month is to close and to be paid."""
    trader = trader_new()
    row = revenues.deferment(trader, valid_from=date(2020, 1, 1))
    released(trader, asking(trader, "E"))
    statement = Statement.objects.get(deferment=row)
    jobs = Job.objects.filter(kind="revenue.close", subject_id=str(statement.pk)).values_list("pk", flat=True)
    user = accounts.user(Role.TRADER, of=trader)
    return trader, {"jobs": list(jobs), "statement": str(statement.pk), "user": user.pk}


def claimed() -> Given:
    """A repayment that one officer has verified."""
    trader = trader_new()
    declaration = released(trader, import_json(1, trader=trader.identifier))
    line = tax_lines([declaration.pk])[0]
    claim = repayment_file(
        declaration_id=declaration.pk,
        lines=[LineAsked(line.item, line.tax_type, 700)],
        reason_code="overcharged",
        text="The invoice was credited.",
        actor=accounts.actor(Role.TRADER, of=trader),
    )
    officer = accounts.actor(Role.OFFICER)
    claim_accept(claim_id=claim, actor=officer)
    claim_verify(claim_id=claim, amounts=None, reason="The papers agree.", actor=officer)
    return trader, {"claim": str(claim), "user": accounts.user(Role.SUPERVISOR).pk}


def banked() -> Given:
    """A file of the bank: a basket of the trader is paid, and somebody pays what nobody knows."""
    trader = trader_new()
    actor = accounts.actor(Role.TRADER, of=trader)
    own = payments.basket(actor, payments.demand(actor, 2_500))
    before = BankStatement.objects.order_by("-number").first()
    number, opening = (before.number + 1, before.closing_minor) if before else (1, 0)
    entries = (payments.Entry("25.00", reference=own.reference), payments.Entry("9.00", text="nobody knows"))
    body = payments.statement(*entries, number=number, opening=opening)
    return trader, {"body": body.decode(), "user": accounts.user(Role.SUPERVISOR).pk}


def on_a_quota() -> Given:
    """Sugar that claims on a quota: the day of it is to be settled."""
    trader = trader_new()
    if not Quota.objects.exists():
        call_command("load_quotas", verbosity=0)
    price = {"amount": "100", "currency": "EUR"}
    row = item_json(1, commodity_code="1701990010", description="White sugar, refined", origin="BR", price=price)
    row |= {"net_mass_kg": "50", "gross_mass_kg": "51", "quota_order_number": "090003"}
    del row["supplementary_quantity"]
    plain = import_json(1, trader=trader.identifier)
    plain |= {"items": [row], "invoice_total": price, "total_gross_mass_kg": "51"}
    declaration = released(trader, plain)
    run = Run.objects.filter(quota__order_number="090003", done_at=None).latest("day")
    jobs = Job.objects.filter(kind="quotas.allocate", subject_id=str(run.quota_id), state="todo")
    given = {"day": run.day.isoformat(), "jobs": list(jobs.values_list("pk", flat=True))}
    return trader, given | {"declaration": str(declaration.pk)}


WORLDS = {
    "release_on_guarantee": secured,
    "callback": told,
    "month": deferred,
    "refund": claimed,
    "bank_file": banked,
    "quota_day": on_a_quota,
}
