"""Money of the demonstration: a month of deferred payment, a dispute on a guarantee, a claim, a basket, a bank file.

Everything goes through the services, as the people of the demonstration would do it, each act at its own instant.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

from clearance.rules.disputes import Alternative
from clearance.services.disputes.accepting import dispute_accept
from clearance.services.disputes.opening import dispute_open
from clearance.tasks import decide
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services import declaration_lodge
from declarations.types import Channel
from fees.selectors.lines import tax_lines
from fees.selectors.payable import demands_payable
from fees.tasks import bill
from singlewindow.approvals.selectors import proposal_open
from singlewindow.db.work import unit_of_work
from singlewindow.demo.guarantees import CODE
from singlewindow.demo.people import CURRENCY, trader_actor
from singlewindow.demo.watching import agreed, person
from singlewindow.guarantees.selectors.lists import guarantees_for
from singlewindow.guarantees.types import GuaranteeType
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.payments.services.bank_files import bank_file_load
from singlewindow.payments.services.baskets import Chosen, basket_send, baskets_make
from singlewindow.payments.types import Method
from singlewindow.quotas.tasks import allocate
from singlewindow.revenue.models import Statement
from singlewindow.revenue.rules.claims import LineAsked
from singlewindow.revenue.services import DefermentTerms, deferment_propose, repayment_file, statement_pay
from singlewindow.revenue.tasks import close
from singlewindow.revenue.types import DefermentBasis

TRADER = "ZZIMP0001"
HOME = {"id": TRADER, "name": "Amari Foods Ltd"}
BISCUITS = {
    "description": "Sweet biscuits in tins",
    "commodity_code": "1905310010",
    "origin": "TR",
    "packages": [{"sequence": 1, "type": "CT", "count": 400}],
}
SUGAR = {
    "description": "White sugar, refined, in bags",
    "commodity_code": "1701990010",
    "origin": "BR",
    "quota_order_number": "090003",
    "packages": [{"sequence": 1, "type": "BG", "count": 260}],
}
DEFERRED = {"duty_claims": [{"tax_type": "A00", "method": "E"}]}
WATCHED = {"name": "Blue Heron General Trading", "address": {"city": "Mersin", "country": "TR"}}
"""An exporter of the alert list: what comes from it is looked at."""


def money_load() -> dict[str, int]:
    """Make some of everything that moves money; how many of each came to be."""
    now = clock.now()
    grn = next(one.grn for one in guarantees_for(person("trader")).rows if one.type == GuaranteeType.COMPREHENSIVE)
    return {
        "deferred declarations": _deferred(now, grn),
        "claims on quotas": _sugar(now),
        "disputes": _disputes(now, grn),
        "claims for repayment": _claims(now),
    }


def payments_load() -> int:
    """A basket that the bank is asked for, one that waits, and a bank statement with money that nobody can place."""
    trader = person("trader")
    jobs_do(bill, Job.objects.filter(kind=bill.name))
    assert trader.organisation_id is not None
    owed = [one.id for one in demands_payable(trader.organisation_id)]
    with unit_of_work() as work:
        if owed:
            baskets_make(work, chosen=Chosen(demands=owed), actor=trader)
        (top_up,) = baskets_make(work, chosen=Chosen((), (), 150_000, CURRENCY), actor=trader)
    with unit_of_work() as work:
        reference = basket_send(work, basket_id=top_up, method=Method.BANK, actor=trader).reference
    entries = (
        ("1500.00", "Amari Foods Ltd", f"Payment {reference}", reference),
        ("640.00", "Lakeside Pharmaceuticals", "duty november, thank you", ""),
        ("88.15", "J. Wekesa", "parcel", ""),
    )
    bank_file_load(body=_bank_file(clock.today(), entries), actor=person("supervisor"))
    return 1 + bool(owed)


def jobs_do(task: Callable[[list[int]], None], jobs: Any) -> None:
    """Do jobs at once, as a worker would."""
    if waiting := list(jobs.filter(state="todo").values_list("id", flat=True)):
        task(waiting)


def lodged(lrn: str, goods: dict[str, Any], *, mass: str, price: str, at: datetime, **whole: Any) -> UUID:
    """Lodge goods of the demonstration trader that are there, and have them decided."""
    item = {"number": 1, "procedure": "4000", "preference": "100", **goods}
    item |= {"net_mass_kg": mass, "gross_mass_kg": format(Decimal(mass) * Decimal("1.04"), "f")}
    content = {
        "schema_version": "1",
        "lrn": lrn,
        "type_code": "IMA",
        "office": "ZZ000101",
        "goods_location": {"type": "A", "qualifier": "U", "id": "ZZAMAPORT1", "country": "ZZ"},
        "declarant": HOME,
        "importer": HOME,
        "exporter": {"name": "Anadolu Trade", "address": {"city": "Mersin", "country": "TR"}},
        "export_country": goods["origin"],
        "destination_country": "ZZ",
        "delivery_terms": {"incoterm": "CIF", "location_name": "Port Amari", "country": "ZZ"},
        "total_gross_mass_kg": item["gross_mass_kg"],
        "total_packages": goods["packages"][0]["count"],
        "invoice_total": {"amount": price, "currency": CURRENCY},
        "previous_documents": [{"category": "Z", "type": "705", "id": f"KSLU{lrn}"}],
        "items": [item | {"price": {"amount": price, "currency": CURRENCY}}],
    } | whole
    message = DeclarationMessage.model_validate(content)
    with clock.frozen(at):
        made = declaration_lodge(message=message, actor=trader_actor(TRADER), channel=Channel.JSON).id
        jobs_do(decide, Job.objects.filter(subject_id=str(made), kind=decide.name))
    return made


def _deferred(now: datetime, grn: str) -> int:
    """The trader may pay later on its guarantee: last month's statement is paid, this month's collects."""
    this_month = now.date().replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    trader = person("trader")
    assert trader.organisation_id is not None
    terms = DefermentTerms(
        holder_id=trader.organisation_id,
        currency=CURRENCY,
        limit_minor=2_000_000,
        valid_from=last_month,
        valid_to=None,
        basis=DefermentBasis.GUARANTEE,
        conditions="Statements are paid by the 16th; accounts are shown once a year.",
        grn=grn,
        access_code=CODE,
    )
    with clock.frozen(_noon(last_month, 1)):
        deferment_id = deferment_propose(terms, actor=person("supervisor2"))
        proposal = proposal_open("revenue.deferment", str(deferment_id))
        assert proposal is not None
        agreed(proposal.id, "No arrears in three years; the guarantee bears it.")
    count = 0
    for month, days in ((last_month, (8, 19)), (this_month, (2, 9, 17))):
        for day in days:
            if (at := _noon(month, day)) < now:
                lodged(f"LATER-{at:%m%d}", BISCUITS | DEFERRED, mass="2400", price="9200", at=at)
                count += 1
    with clock.frozen(min(now, _noon(this_month, 1))):
        jobs_do(close, Job.objects.filter(kind=close.name, not_before__lte=clock.now()))
    with clock.frozen(min(now, _noon(this_month, 12))):
        for statement_id in Statement.objects.filter(state="due").values_list("pk", flat=True):
            statement_pay(statement_id=statement_id, actor=trader)
    return count


def _sugar(now: datetime) -> int:
    """Sugar on a quota of which little is left when its days are settled."""
    masses = ("250000", "230000", "190000")
    for days, mass in zip((9, 6, 1), masses, strict=True):
        price = str(int(mass) // 2)
        lodged(f"SUGAR-{days}", SUGAR, mass=mass, price=price, at=now - timedelta(days=days), export_country="BR")
    jobs_do(allocate, Job.objects.filter(kind=allocate.name, not_before__lte=now))
    return len(masses)


def _disputes(now: datetime, grn: str) -> int:
    """Two prices that customs does not believe: one waits for the trader, one left on its guarantee."""
    officer, trader, opened = person("officer"), person("trader"), []
    for number, price in ((1, "4100"), (2, "5300")):
        made = lodged(
            f"PRICE-{number}",
            BISCUITS,
            mass="2400",
            price=price,
            at=now - timedelta(hours=9 - number),
            exporter=WATCHED,
        )
        if Declaration.objects.get(pk=made).legal_state != "ACCEPTED":
            continue
        with clock.frozen(now - timedelta(hours=5 - number)):
            dispute_open(
                actor=officer,
                declaration_id=made,
                alternatives=[Alternative(item=1, price=Decimal(9200))],
                statement="The same biscuits of the same maker came in at 9,200 EUR three times since October.",
                law="Customs Act 2021, section 41; WTO Valuation Agreement, articles 3 and 17",
            )
        opened.append(made)
    for made in opened[1:]:
        dispute_accept(actor=trader, declaration_id=made, grn=grn, access_code=CODE)
    return len(opened)


def _claims(now: datetime) -> int:
    """A trader asks for duty back: goods that were not as ordered."""
    done = Declaration.objects.filter(declarant_identifier=TRADER, legal_state="CLEARED", lrn__startswith="007")
    for row in done.order_by("-lodged_at"):
        line = next((one for one in tax_lines([row.pk]) if one.tax_type == "A00"), None)
        if line is None:
            continue
        with clock.frozen(now - timedelta(minutes=50)):
            repayment_file(
                declaration_id=row.pk,
                lines=[LineAsked(line.item, line.tax_type, line.amount_minor)],
                reason_code="defective",
                text="The goods were spoilt on arrival; the report of the surveyor is in the window.",
                actor=person("trader"),
            )
        return 1
    return 0


def _noon(month: date, day: int) -> datetime:
    return datetime.combine(month.replace(day=day), time(11), UTC)


def _bank_file(on: date, entries: Iterable[tuple[str, str, str, str]]) -> bytes:
    """A statement of the treasury's bank with these amounts, names, texts and references."""
    rows = list(entries)
    iban, total = settings.TREASURY_ACCOUNTS[CURRENCY]["iban"], sum((Decimal(row[0]) for row in rows), Decimal(0))

    def balance(code: str, amount: Decimal) -> str:
        kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        money = f'<Amt Ccy="{CURRENCY}">{amount:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        return f"<Bal>{kind}{money}<Dt><Dt>{on}</Dt></Dt></Bal>"

    def entry(place: int, amount: str, name: str, text: str, reference: str) -> str:
        told = f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>" if reference else ""
        return (
            f'<Ntry><Amt Ccy="{CURRENCY}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
            f"<BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>DEMO-{place}</AcctSvcrRef><NtryDtls><TxDtls>"
            f"<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr>"
            f"<DbtrAcct><Id><IBAN>NL02ABNA0123456789</IBAN></Id></DbtrAcct></RltdPties>"
            f"<RmtInf><Ustrd>{text}</Ustrd>{told}</RmtInf></TxDtls></NtryDtls></Ntry>"
        )

    written = "".join(entry(place, *row) for place, row in enumerate(rows, start=1))
    created = f"{on}T06:00:00Z"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>DEMO-1</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>"
        f"<Stmt><Id>DEMO-1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>{created}</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{CURRENCY}</Ccy></Acct>"
        f"{balance('OPBD', Decimal(0))}{balance('CLBD', total)}{written}</Stmt></BkToCstmrStmt></Document>"
    ).encode()
