"""Payment orders for the bank (ISO 20022 pain.001.001.09) and the bank's answer (pain.002), in the elements we use.

Source: docs/rules/payments.md, PY-PO-04 to PY-PO-06; the classes are generated from the published schemas.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lxml import etree
from pyiso20022.pain import pain_001_001_09 as pain
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig
from xsdata.models.datatype import XmlDate, XmlDateTime

from singlewindow.kernel.money import from_minor

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
STATUS = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.[0-9]{2}", re.ASCII)
LATIN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Order:
    """One payment of a file."""

    end_to_end_id: str
    amount_minor: int
    creditor: str
    iban: str
    text: str


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account the file pays from."""

    name: str
    iban: str
    bic: str


def orders_write(*, message_id: str, at: datetime, payer: Payer, currency: str, orders: Sequence[Order]) -> bytes:
    """The message to the bank: every order once, with their number and sum in the head and in the group."""
    total = from_minor(sum(order.amount_minor for order in orders), currency)
    stamp = XmlDateTime.from_datetime(at.replace(microsecond=0))
    head = pain.GroupHeader85(
        msg_id=message_id,
        cre_dt_tm=stamp,
        nb_of_txs=str(len(orders)),
        ctrl_sum=total,
        initg_pty=pain.PartyIdentification135(nm=_latin(payer.name)),
    )
    agent = pain.FinancialInstitutionIdentification18(bicfi=payer.bic)
    group = pain.PaymentInstruction30(
        pmt_inf_id=message_id,
        pmt_mtd=pain.PaymentMethod3Code.TRF,
        btch_bookg=False,
        nb_of_txs=str(len(orders)),
        ctrl_sum=total,
        reqd_exctn_dt=pain.DateAndDateTime2Choice(dt=XmlDate.from_date(at.date())),
        dbtr=pain.PartyIdentification135(nm=_latin(payer.name)),
        dbtr_acct=pain.CashAccount38(id=pain.AccountIdentification4Choice(iban=payer.iban)),
        dbtr_agt=pain.BranchAndFinancialInstitutionIdentification6(fin_instn_id=agent),
        cdt_trf_tx_inf=[_transfer(order, currency) for order in orders],
    )
    document = pain.Document(
        cstmr_cdt_trf_initn=pain.CustomerCreditTransferInitiationV09(grp_hdr=head, pmt_inf=[group])
    )
    text = XmlSerializer(config=SerializerConfig(indent="  ")).render(document, ns_map={None: NAMESPACE})
    return text.encode()


def _transfer(order: Order, currency: str) -> pain.CreditTransferTransaction34:
    amount = pain.ActiveOrHistoricCurrencyAndAmount(
        value=Decimal(from_minor(order.amount_minor, currency)), ccy=currency
    )
    return pain.CreditTransferTransaction34(
        pmt_id=pain.PaymentIdentification6(end_to_end_id=order.end_to_end_id),
        amt=pain.AmountType4Choice(instd_amt=amount),
        cdtr=pain.PartyIdentification135(nm=_latin(order.creditor)),
        cdtr_acct=pain.CashAccount38(id=pain.AccountIdentification4Choice(iban=order.iban)),
        rmt_inf=pain.RemittanceInformation16(ustrd=[_latin(order.text)[:140]]),
    )


def _latin(text: str) -> str:
    """The text in the letters that every bank takes; others become a full stop."""
    return LATIN.sub(".", text)[:140].strip() or "-"


def is_status(root: etree._Element) -> bool:
    """Whether a message is the bank's answer to a file of orders (pain.002)."""
    return bool(STATUS.fullmatch(etree.QName(root).namespace or ""))


def refusals_read(root: etree._Element) -> Iterator[tuple[str, str]]:
    """The end-to-end ids of the orders that the bank refused, each with its reason."""
    for element in root.iter():
        if etree.QName(element).localname == "TxInfAndSts" and _text(element, "TxSts") == "RJCT":
            reason = _text(element, "StsRsnInf/Rsn/Cd") or _text(element, "StsRsnInf/AddtlInf")
            yield _text(element, "OrgnlEndToEndId")[:35], reason[:140]


def _text(element: etree._Element, path: str) -> str:
    found = [element]
    for name in path.split("/"):
        found = [child for one in found for child in one if etree.QName(child).localname == name]
    return (found[0].text or "").strip() if found else ""
