"""Traders who owe, baskets, messages of the simulated provider, and statements of the bank."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

from django.test import Client

from fees.services import account_credit
from fees.services.demands import demand_make
from fees.types import DemandKind
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.payments import tasks
from singlewindow.payments.models import Basket, ProviderPayment
from singlewindow.payments.providers.signatures import HEADER, sign
from singlewindow.payments.providers.simulator import SIMULATOR, Message
from singlewindow.payments.services.baskets import Chosen, baskets_make
from singlewindow.payments.services.provider_payments import provider_payment_begin
from tests.factories import accounts

IBAN = "DE89370400440532013000"
DAY = date(2026, 11, 20)
CALLBACKS = "/api/v1/payments/callbacks/simulator"
_numbers = count(1)
TASKS = {
    "payments.apply": tasks.apply,
    "payments.expire": tasks.expire,
    "payments.simulate": tasks.simulate,
    "payments.resume": tasks.resume,
}


def payer(*, identifier: str = "", rich: int = 0, name: str = "") -> Actor:
    """A person of a trader, whose account holds so many euros."""
    trader = accounts.organisation(identifier=identifier, name=name)
    if rich:
        funded(trader, rich)
    return accounts.actor(Role.TRADER, of=trader)


def funded(trader: Organisation, euros: int) -> None:
    """Put money onto an account."""
    account_credit(
        organisation_id=trader.pk,
        amount=Decimal(euros),
        currency="EUR",
        reference=f"test {next(_numbers)}",
        actor=system_actor("tests"),
    )


def demand(
    actor: Actor, minor: int = 2_500, *, currency: str = "EUR", text: str = "Interest on late payment", **more: Any
) -> UUID:
    """An open demand on the actor's organisation."""
    with unit_of_work() as work:
        assert actor.organisation_id is not None
        values: dict[str, Any] = {
            "source": f"test:{next(_numbers)}",
            "kind": DemandKind.INTEREST,
            "organisation_id": actor.organisation_id,
            "authority": "CUS",
            "amount_minor": minor,
            "currency": currency,
            "text": text,
            "law": "Customs Act 2020, section 88",
            "subject_type": "declaration",
            "subject_id": "26ZZ",
            "event_on": clock.today(),
        }
        return demand_make(work, **values | more)


def basket(actor: Actor, *demands: UUID, debts: Iterable[UUID] = (), top_up: int = 0, currency: str = "EUR") -> Basket:
    """One basket of these things."""
    with unit_of_work() as work:
        chosen = Chosen(demands, tuple(debts), top_up, currency if top_up else "")
        (made,) = baskets_make(work, chosen=chosen, actor=actor)
    return Basket.objects.get(pk=made)


def sent(actor: Actor, own: Basket) -> Message:
    """The basket is taken to the simulated provider; the message that it was paid well."""
    begun = provider_payment_begin(basket_id=own.pk, provider="simulator", actor=actor)
    return Message("captured", begun.provider_txn_id, own.reference, own.total_minor, own.currency)


def told(message: Message, *, secret: bytes | None = None, age_s: float = 0, **changes: Any) -> Any:
    """The answer to a message of the simulator, sent over HTTP."""
    body = changes.pop("body", None) or message.body()
    at = clock.now().fromtimestamp(clock.now().timestamp() - age_s, tz=clock.now().tzinfo)
    signature = changes.pop("signature", None) or sign(secret or SIMULATOR.secret, body, at)
    client = Client(raise_request_exception=False)
    return client.generic("POST", CALLBACKS, body, "application/json", headers={HEADER: signature})


def jobs_do(*kinds: str) -> None:
    """Do every payment job that is due, as the worker would."""
    for kind in kinds or ("payments.apply",):
        ids = Job.objects.filter(kind=kind, state="todo", not_before__lte=clock.now()).order_by("id")
        for job_id in list(ids.values_list("pk", flat=True)):
            TASKS[kind]([job_id])


def provider_state(own: Basket) -> str:
    """Where the newest payment of a basket with its provider stands."""
    return str(ProviderPayment.objects.filter(basket=own).latest("id").state)


@dataclass
class Entry:
    """One entry of a statement that is being made."""

    amount: str = "25.00"
    direction: str = "CRDT"
    reference: str = ""
    text: str = ""
    name: str = "Amari Foods Ltd"
    iban: str = "NL02ABNA0123456789"
    servicer: str = ""
    end_to_end: str = ""
    reversal: bool = False
    returned: str = ""
    currency: str = "EUR"
    status: str = "<Cd>BOOK</Cd>"
    booked: str = "2026-11-20"
    group: str = ""
    details: list[tuple[str, str]] = field(default_factory=list)
    """Amount and reference of each, for an entry of several."""

    def xml(self) -> str:
        """The element."""
        party = "Dbtr" if self.direction == "CRDT" else "Cdtr"
        inner = self._details(party) if self.details else self._detail(party, "", self.reference)
        reversal = "<RvslInd>true</RvslInd>" if self.reversal else ""
        servicer = f"<AcctSvcrRef>{self.servicer}</AcctSvcrRef>" if self.servicer else ""
        batch = f"<Btch><PmtInfId>{self.group}</PmtInfId></Btch>" if self.group else ""
        return (
            f'<Ntry><Amt Ccy="{self.currency}">{self.amount}</Amt><CdtDbtInd>{self.direction}</CdtDbtInd>{reversal}'
            f"<Sts>{self.status}</Sts><BookgDt><Dt>{self.booked}</Dt></BookgDt>{servicer}"
            f"<NtryDtls>{batch}{inner}</NtryDtls></Ntry>"
        )

    def _details(self, party: str) -> str:
        return "".join(self._detail(party, f'<Amt Ccy="EUR">{amount}</Amt>', ref) for amount, ref in self.details)

    def _detail(self, party: str, amount: str, reference: str) -> str:
        structured = f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>" if reference else ""
        back = f"<RtrInf><Rsn><Cd>{self.returned}</Cd></Rsn></RtrInf>" if self.returned else ""
        return (
            f"<TxDtls><Refs><EndToEndId>{self.end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>{amount}"
            f"<RltdPties><{party}><Pty><Nm>{escape(self.name)}</Nm></Pty></{party}>"
            f"<{party}Acct><Id><IBAN>{self.iban}</IBAN></Id></{party}Acct></RltdPties>"
            f"<RmtInf><Ustrd>{escape(self.text)}</Ustrd>{structured}</RmtInf>{back}</TxDtls>"
        )

    @property
    def minor(self) -> int:
        """What it moves."""
        moved = int(Decimal(self.amount) * 100)
        return moved if self.direction == "CRDT" else -moved


def statement(
    *entries: Entry,
    number: int = 1,
    opening: int = 0,
    closing: int | None = None,
    iban: str = IBAN,
    version: str = "camt.053.001.08",
    statement_id: str = "",
    currency: str = "EUR",
    head: str = "",
) -> bytes:
    """A statement of the bank; the closing balance is right unless told otherwise."""
    ends = opening + sum(entry.minor for entry in entries) if closing is None else closing

    def balance(code: str, minor: int) -> str:
        direction = "CRDT" if minor >= 0 else "DBIT"
        amount = f"{Decimal(abs(minor)) / 100:.2f}"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>'
        )

    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>M{number}</MsgId><CreDtTm>2026-11-21T06:00:00Z</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{statement_id or f'ST-{number}'}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb>"
        f"<CreDtTm>2026-11-21T06:00:00Z</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balance('OPBD', opening)}{balance('CLBD', ends)}{''.join(entry.xml() for entry in entries)}"
        "</Stmt></BkToCstmrStmt></Document>"
    )
    return body.encode()


def treasurer() -> Actor:
    """An officer who may book money."""
    return accounts.actor(Role.SUPERVISOR)
