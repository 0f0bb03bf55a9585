"""Lists for tests: the files that offices publish, small and made up, and what it takes to put them in force."""

import csv
import io
from collections.abc import Iterable, Sequence

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_decide
from singlewindow.screening.reading import SourceFile
from singlewindow.screening.selectors.listed import listed_forget
from singlewindow.screening.selectors.matches import cache_forget
from singlewindow.screening.services import Loaded, lists_load
from tests.factories import accounts

NOTHING = "-0- "


def primary(
    uid: int, name: str, *, kind: str = "", programme: str = "SDGT", remarks: str = "", flag: str = ""
) -> list[str]:
    """A row of a primary file of OFAC."""
    return [str(uid), name, kind or NOTHING, programme, *[NOTHING] * 5, flag or NOTHING, NOTHING, remarks or NOTHING]


def alternate(uid: int, number: int, name: str, kind: str = "aka") -> list[str]:
    """A row of alternates."""
    return [str(uid), str(number), kind, name, NOTHING]


def address(uid: int, number: int, street: str, city: str, country: str) -> list[str]:
    """A row of addresses."""
    return [str(uid), str(number), street, city, country, NOTHING]


def table(name: str, rows: Iterable[Sequence[str]], *, encoding: str = "utf-8", end: bytes = b"\x1a") -> SourceFile:
    """A file with commas, as OFAC writes it: without header, CRLF, the old mark of the end."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return SourceFile(name, text.getvalue().encode(encoding) + end)


SDN_ROWS = (
    primary(
        101,
        "PETROV, Ivan Sergeevich",
        kind="individual",
        remarks="DOB 12 Mar 1970; nationality Russia; Passport 7512345678 (Russia).",
    ),
    primary(102, "NOVATEK SHIPPING JOINT STOCK COMPANY", remarks="Tax ID No. 7701234567 (Russia); a.k.a. 'NSC'."),
    primary(
        103, "NS LEADER", kind="vessel", flag="Gabon", remarks="Identification Number IMO 9339301; MMSI 636013272."
    ),
    primary(104, "AL-KHALIDI, Mohammed Mahmud", kind="individual"),
    primary(105, "GOLDEN CRESCENT GENERAL TRADING LLC"),
)
SDN_ALTERNATES = (
    alternate(101, 1, "PETROFF, Iwan"),
    alternate(102, 2, "NOVATEK MORSKIE PEREVOZKI"),
    alternate(105, 3, "HILAL DHAHABI TRADING"),
)
SDN_ADDRESSES = (
    address(101, 1, "Primorsky Prospect 159", "Saint Petersburg 197374", "Russia"),
    address(102, 2, "14 Harbour Embankment", "Novorossiysk", "Russia"),
    address(103, 3, "", "", ""),
)


def sdn_files(
    rows: Iterable[Sequence[str]] = SDN_ROWS,
    alternates: Iterable[Sequence[str]] = SDN_ALTERNATES,
    addresses: Iterable[Sequence[str]] = SDN_ADDRESSES,
) -> list[SourceFile]:
    """A small list of specially designated nationals."""
    return [table("sdn.csv", rows), table("alt.csv", alternates), table("add.csv", addresses)]


UN_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">'


def un_file(people: Iterable[tuple[int, str, str]], name: str = "un.xml") -> SourceFile:
    """A list of the Security Council with people of a first and a second name."""
    inside = "".join(
        f"<INDIVIDUAL><DATAID>{uid}</DATAID><FIRST_NAME>{first}</FIRST_NAME><SECOND_NAME>{second}</SECOND_NAME>"
        f"<UN_LIST_TYPE>DRC</UN_LIST_TYPE><REFERENCE_NUMBER>CDi.{uid}</REFERENCE_NUMBER></INDIVIDUAL>"
        for uid, first, second in people
    )
    return SourceFile(name, UN_HEAD + f"<INDIVIDUALS>{inside}</INDIVIDUALS></CONSOLIDATED_LIST>".encode())


def analyst() -> Actor:
    """A person who may propose lists."""
    return accounts.actor(Role.RISK_ANALYST)


def put_in_force(
    files: Sequence[SourceFile], *, by: Actor | None = None, agreed_by: Actor | None = None
) -> list[Loaded]:
    """Load lists as one person and agree to them as another."""
    loaded = lists_load(files=files, actor=by or analyst())
    second = agreed_by or analyst()
    for one in loaded:
        if one.proposal_id is not None:
            proposal_decide(proposal_id=one.proposal_id, actor=second, grant=True, reason="Compared.")
    return loaded


def forget() -> None:
    """Let the next question build everything anew."""
    listed_forget()
    cache_forget()
