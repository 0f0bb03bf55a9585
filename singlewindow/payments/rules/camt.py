"""Statements of the bank (ISO 20022 camt.053, versions 02 to 13) read into values, with every finding at once.

The namespace tells the version and is not otherwise looked at: the elements that are read have kept their names, and
where a version moved one both places are read.

Source: docs/rules/payments.md, PY-ST-01 to PY-ST-05.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from singlewindow.kernel.errors import Violation
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.payments.rules.references import iban_read
from singlewindow.payments.types import EntryRead, StatementRead

VERSION = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(camt\.053\.001\.(?:0[2-9]|1[0-3]))", re.ASCII)
AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,5})?", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
NOTHING = frozenset({"", "NOTPROVIDED", "NONREF", "NOTAVAILABLE"})
ENTRIES_MOST = 10_000
FINDINGS_MOST = 100


class Reading:
    """One file that is being read, and everything found wrong with it."""

    def __init__(self) -> None:
        self.findings: list[Violation] = []

    def refuse(self, rule: str, place: str, message: str, remedy: str = "", value: str = "") -> None:
        """Note one finding."""
        self.findings.append(Violation(rule, place, message, remedy, value[:80]))


def version_of(root: etree._Element) -> str:
    """The version of the message by its namespace, such as camt.053.001.08; empty where it is no statement."""
    found = VERSION.fullmatch(etree.QName(root).namespace or "")
    return found[1] if found and etree.QName(root).localname == "Document" else ""


def statements_read(root: etree._Element) -> tuple[list[StatementRead], list[Violation]]:
    """The statements of a file, and every finding; where there is one, nothing of the file may be booked."""
    reading, version = Reading(), version_of(root)
    if not version:
        reading.refuse(
            "PY-ST-01",
            "/Document",
            "This is no statement of the bank (camt.053, version 02 to 13).",
            "Ask the bank for camt.053.",
        )
        return [], reading.findings
    elements = _all(root, "BkToCstmrStmt/Stmt")
    if not elements:
        reading.refuse("PY-ST-01", "/Document/BkToCstmrStmt", "The file holds no statement.")
    if sum(len(_all(element, "Ntry")) for element in elements) > ENTRIES_MOST:
        reading.refuse(
            "PY-ST-09",
            "/Document/BkToCstmrStmt",
            f"The file holds more than {ENTRIES_MOST} entries.",
            "Ask the bank for one statement a day, or split the file.",
        )
        return [], reading.findings
    found = [
        _statement(element, f"/Document/BkToCstmrStmt/Stmt[{number}]", version, reading)
        for number, element in enumerate(elements, 1)
    ]
    return [one for one in found if one is not None], reading.findings[:FINDINGS_MOST]


def _statement(element: etree._Element, place: str, version: str, reading: Reading) -> StatementRead | None:
    before = len(reading.findings)
    iban = iban_read(_text(element, "Acct/Id/IBAN"))
    if not iban:
        reading.refuse("PY-ST-02", f"{place}/Acct/Id/IBAN", "The account has no valid IBAN.")
    statement_id = _text(element, "Id")[:35]
    if not statement_id:
        reading.refuse("PY-ST-02", f"{place}/Id", "The statement has no id.")
    currency = _text(element, "Acct/Ccy") or _currency_of_balances(element)
    if not CURRENCY.fullmatch(currency):
        reading.refuse("PY-ST-02", f"{place}/Acct/Ccy", "The account's currency is missing.")
        return None
    opening = _balance(element, ("OPBD", "PRCD"), currency, place, reading)
    closing = _balance(element, ("CLBD",), currency, place, reading)
    entries = _entries(element, place, currency, reading)
    if len(reading.findings) > before or opening is None or closing is None:
        return None
    moved = sum(entry.amount_minor for entry in entries)
    if opening[0] + moved != closing[0]:
        shown = [f"{from_minor(amount, currency):f}" for amount in (opening[0], moved, closing[0])]
        reading.refuse(
            "PY-ST-05",
            f"{place}/Bal",
            f"The opening balance {shown[0]} and the entries {shown[1]} do not give the closing balance {shown[2]}.",
            "Ask the bank for the complete statement.",
        )
        return None
    number = _text(element, "ElctrncSeqNb") or _text(element, "LglSeqNb")
    return StatementRead(
        iban=iban,
        statement_id=statement_id,
        number=int(number) if NUMBER.fullmatch(number) else None,
        version=version,
        currency=currency,
        opening_minor=opening[0],
        closing_minor=closing[0],
        opened_on=opening[1],
        closed_on=closing[1],
        entries=tuple(entries),
    )


def _currency_of_balances(element: etree._Element) -> str:
    amounts = _all(element, "Bal/Amt")
    return str(amounts[0].get("Ccy", "")) if amounts else ""


def _balance(
    element: etree._Element, codes: tuple[str, ...], currency: str, place: str, reading: Reading
) -> tuple[int, date] | None:
    for code in codes:
        for balance in _all(element, "Bal"):
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                where = f"{place}/Bal[{code}]"
                amount = _signed(balance, currency, where, reading)
                on = _day(balance, "Dt", where, reading)
                return None if amount is None or on is None else (amount, on)
    reading.refuse("PY-ST-02", f"{place}/Bal", f"The balance {' or '.join(codes)} is missing.")
    return None


def _entries(element: etree._Element, place: str, currency: str, reading: Reading) -> list[EntryRead]:
    found: list[EntryRead] = []
    for number, entry in enumerate(_all(element, "Ntry"), 1):
        status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
        if status == "BOOK":  # what is pending or for information is not on the account yet
            found += _entry(entry, f"{place}/Ntry[{number}]", currency, reading)
    return list(_told_apart(found, _text(element, "Id")))


def _entry(element: etree._Element, place: str, currency: str, reading: Reading) -> Iterator[EntryRead]:
    amount = _signed(element, currency, place, reading)
    on = _day(element, "BookgDt", place, reading)
    if amount is None or on is None:
        return
    if amount == 0:
        reading.refuse("PY-ST-04", f"{place}/Amt", "The entry moves no money.")
        return
    details = _all(element, "NtryDtls/TxDtls")
    if len(details) < 2:
        yield _movement(element, details[0] if details else element, place, amount, on, currency, "")
        return
    sign = 1 if amount > 0 else -1
    parts = [_part(detail, currency, f"{place}/NtryDtls/TxDtls[{n}]", reading) for n, detail in enumerate(details, 1)]
    if None in parts:
        return
    if sign * sum(part or 0 for part in parts) != amount:
        reading.refuse("PY-ST-04", place, "The transactions of the entry do not sum to its amount.")
        return
    for number, (detail, part) in enumerate(zip(details, parts, strict=True), 1):
        inner = f"{place}/NtryDtls/TxDtls[{number}]"
        yield _movement(element, detail, inner, sign * (part or 0), on, currency, f"/{number}")


def _part(detail: etree._Element, currency: str, place: str, reading: Reading) -> int | None:
    found = _all(detail, "Amt") or _all(detail, "AmtDtls/TxAmt/Amt")
    if not found:
        reading.refuse("PY-ST-04", place, "A transaction of the entry has no amount.")
        return None
    part = _amount(found[0], currency, place, reading)
    if part == 0:
        reading.refuse("PY-ST-04", place, "The transaction moves no money.")
        return None
    return part


def _movement(
    entry: etree._Element,
    detail: etree._Element,
    place: str,
    amount: int,
    on: date,
    currency: str,
    suffix: str,
) -> EntryRead:
    party, account = ("Dbtr", "DbtrAcct") if amount > 0 else ("Cdtr", "CdtrAcct")
    text = " ".join(_texts(detail, "RmtInf/Ustrd") or _texts(entry, "AddtlNtryInf"))[:500]
    servicer = next(
        (one for one in (_text(entry, "AcctSvcrRef"), _text(detail, "Refs/AcctSvcrRef")) if one not in NOTHING), ""
    )
    end_to_end = _text(detail, "Refs/EndToEndId")[:35]
    references = tuple(_texts(detail, "RmtInf/Strd/CdtrRefInf/Ref"))
    return EntryRead(
        place=place,
        amount_minor=amount,
        currency=currency,
        booked_on=on,
        reversal=_text(entry, "RvslInd") in ("true", "1"),
        identity=f"{servicer[:35]}{suffix}" if servicer else "",
        references=references[:5],
        end_to_end_id="" if end_to_end in NOTHING else end_to_end,
        group_id=(_text(entry, "NtryDtls/Btch/PmtInfId") or _text(entry, "NtryDtls/Btch/MsgId"))[:35],
        returned=bool(_all(detail, "RtrInf")),
        reason=(_text(detail, "RtrInf/Rsn/Cd") or " ".join(_texts(detail, "RtrInf/AddtlInf")))[:140],
        text=text,
        party_name=(_text(detail, f"RltdPties/{party}/Pty/Nm") or _text(detail, f"RltdPties/{party}/Nm"))[:140],
        party_iban=iban_read(_text(detail, f"RltdPties/{account}/Id/IBAN")),
    )


def _told_apart(entries: list[EntryRead], statement_id: str) -> Iterator[EntryRead]:
    """Give each entry an identity: the servicer's reference, else the hash of the entry; equal ones are counted.

    The hash holds the statement: without a reference, the same sum of the same payer on another statement is another
    payment. That a statement does not come twice under two ids is what the balances show (PY-ST-08).
    """
    seen: Counter[str] = Counter()
    for entry in entries:
        values = (entry.amount_minor, entry.booked_on, entry.end_to_end_id, entry.references, entry.text)
        more = (entry.party_name, entry.party_iban, entry.reversal, statement_id)
        hashed = hashlib.sha256(repr((*values, *more)).encode()).hexdigest()[:40]
        base = entry.identity or f"#{hashed}"
        seen[base] += 1
        identity = base if seen[base] == 1 else f"{base}~{seen[base]}"
        yield EntryRead(**{name: getattr(entry, name) for name in EntryRead.__slots__} | {"identity": identity})


def _signed(element: etree._Element, currency: str, place: str, reading: Reading) -> int | None:
    amounts, direction = _all(element, "Amt"), _text(element, "CdtDbtInd")
    if not amounts or direction not in ("CRDT", "DBIT"):
        reading.refuse("PY-ST-03", place, "Amount, or credit or debit, is missing.", value=direction)
        return None
    amount = _amount(amounts[0], currency, place, reading)
    return None if amount is None else amount if direction == "CRDT" else -amount


def _amount(element: etree._Element, currency: str, place: str, reading: Reading) -> int | None:
    text = (element.text or "").strip()
    stated = element.get("Ccy", "")
    if stated != currency:
        reading.refuse(
            "PY-ST-03", f"{place}/Amt", f"The amount is not in {currency}, the account's currency.", "", stated
        )
        return None
    if not AMOUNT.fullmatch(text):
        reading.refuse("PY-ST-03", f"{place}/Amt", "The amount is no plain decimal number.", "", text)
        return None
    try:
        return to_minor(Decimal(text), currency)
    except ValueError:
        reading.refuse("PY-ST-03", f"{place}/Amt", f"The amount is finer than {currency}.", "", text)
        return None


def _day(element: etree._Element, name: str, place: str, reading: Reading) -> date | None:
    text = _text(element, f"{name}/Dt") or _text(element, f"{name}/DtTm")
    try:
        if DAY.match(text):
            return date.fromisoformat(text[:10])
    except ValueError:
        pass
    reading.refuse("PY-ST-03", f"{place}/{name}", "The day is missing or no day.", "", text)
    return None


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    """The elements at a path of local names, whatever their namespace."""
    found = [element]
    for name in path.split("/"):
        found = [child for one in found for child in one if etree.QName(child).localname == name]
    return found


def _texts(element: etree._Element, path: str) -> list[str]:
    return [text for one in _all(element, path) if (text := (one.text or "").strip())]


def _text(element: etree._Element, path: str) -> str:
    texts = _texts(element, path)
    return texts[0] if texts else ""
