"""The tariff for tests, and changes of it: files with a line exchanged, envelopes of TARIC3, two people who agree."""

import atexit
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from uuid import UUID

from fees.services.tariff import DATA, TariffLoaded, change_propose, change_read, envelope_change_read, tariff_load
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from tests.factories.governance import agree, person

FIRST = person("supervisor1", Role.SUPERVISOR)
SECOND = person("supervisor2", Role.SUPERVISOR)
ADMINISTRATOR = person("administrator", Role.ADMINISTRATOR)
TEXTS = {"nomenclature.csv", "tariff_notes.csv"}
"""What the browser of the tariff shows and no assessment asks."""


def tariff_small_load() -> TariffLoaded:
    """The shipped tariff without its nomenclature of seven thousand lines, which takes five times as long to load."""
    return tariff_load(_small_folder())


@cache
def _small_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="csw-tariff-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for path in DATA.glob("*.csv"):
        if path.name not in TEXTS:
            shutil.copy(path, folder)
    return folder


def files(
    *swaps: tuple[str, str, str], only: Iterable[str] = ("measures.csv",), folder: Path = DATA
) -> dict[str, bytes]:
    """Shipped files with texts exchanged: (file, old, new)."""
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in only}
    for name, old, new in swaps:
        assert old in texts[name], (name, old)
        texts[name] = texts[name].replace(old, new, 1)
    return {name: text.encode() for name, text in texts.items()}


def coffee_at(rate: str) -> dict[str, bytes]:
    """The shipped measures with another duty on roasted coffee."""
    line = "duty,,090121,1011,import,,{},HALF_UP"
    return files(("measures.csv", line.format("7.5 %"), line.format(rate)))


def put_in_force(change_id: UUID, *, by: Actor = FIRST, agreed_by: Actor = SECOND) -> None:
    """Propose a draft and agree to it, as two people."""
    agree(change_propose(change_id=change_id, actor=by), by=agreed_by)


def changed(given: dict[str, bytes], *, by: Actor = FIRST, agreed_by: Actor = SECOND) -> UUID:
    """A change of CSV files in force."""
    change_id = change_read(files=given, actor=by)
    put_in_force(change_id, by=by, agreed_by=agreed_by)
    return change_id


def enveloped(*records: str, envelope_id: str = "260001") -> bytes:
    """An envelope of one transaction with these records, each `code subcode update element field=value|field=value`."""
    parts = [_record(number, text) for number, text in enumerate(records, 1)]
    return (
        f'<env:envelope xmlns="urn:publicid:-:DGTAXUD:TARIC:MESSAGE:1.0" '
        f'xmlns:env="urn:publicid:-:DGTAXUD:GENERAL:ENVELOPE:1.0" id="{envelope_id}">'
        f'<env:transaction id="1">{"".join(parts)}</env:transaction></env:envelope>'
    ).encode()


def _record(number: int, text: str) -> str:
    code, subcode, update, element, fields = text.split(" ", 4)
    pairs = [part.split("=", 1) for part in fields.split("|")]
    body = "".join(f"<oub:{name}>{value}</oub:{name}>" for name, value in pairs)
    return (
        f'<env:app.message id="{number}"><oub:transmission xmlns:oub="urn:publicid:-:DGTAXUD:TARIC:MESSAGE:1.0">'
        f"<oub:record><oub:transaction.id>1</oub:transaction.id><oub:record.code>{code}</oub:record.code>"
        f"<oub:subrecord.code>{subcode}</oub:subrecord.code>"
        f"<oub:record.sequence.number>{number}</oub:record.sequence.number><oub:update.type>{update}</oub:update.type>"
        f"<oub:{element}>{body}</oub:{element}></oub:record></oub:transmission></env:app.message>"
    )


def measure_records(
    sid: int = 900_001,
    *,
    type: str = "103",
    area: str = "1011",
    code: str = "0901210090",
    start: str = "2027-01-01",
    components: Iterable[str] = ("duty.expression.id=01|duty.amount=6.5",),
    more: str = "",
    update: int = 3,
) -> list[str]:
    """A measure with its components."""
    head = (
        f"430 00 {update} measure measure.sid={sid}|measure.type={type}|geographical.area={area}"
        f"|goods.nomenclature.item.id={code}|validity.start.date={start}|measure.generating.regulation.role=1"
        f"|measure.generating.regulation.id=R2700010|stopped.flag=0{more}"
    )
    return [head, *(f"430 05 {update} measure.component measure.sid={sid}|{one}" for one in components)]


def envelope_read(content: bytes, *, by: Actor = FIRST, name: str = "260001.xml") -> UUID:
    """An envelope kept as a draft."""
    return envelope_change_read(name=name, content=content, actor=by)
