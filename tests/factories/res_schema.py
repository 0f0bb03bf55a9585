"""The schema of responses, put together from the folders it is handed out in, and events to try it with."""

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

from lxml import etree

from declarations.selectors.names import DeclarationName
from singlewindow.audit.models import PartyEvent
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from singlewindow.notifications.selectors import notification_make
from singlewindow.notifications.types import Notification

RES = "{urn:wco:datamodel:WCO:RES-DMS:2}"
NAME = DeclarationName("26ZZ010100000041R8", "INV-2026-0815")
NOTICE: dict[str, Any] = {
    "items": [
        {
            "number": 1,
            "lines": [
                {"tax_type": "A00", "amount": "11.53", "base": "427", "rate": "2.7 %"},
                {"tax_type": "B00", "amount": "87.71", "base": "438.53", "rate": "20 %"},
            ],
        },
        {
            "number": 2,
            "lines": [{"tax_type": "A00", "amount": "280", "base": "10000", "rate": "8 % MIN 22 EUR/100 kg"}],
        },
    ],
    "charges": [{"code": "DECL", "amount": "5.00"}],
}
DATA: dict[str, Any] = {
    "mrn": NAME.mrn,
    "lrn": NAME.lrn,
    "version": 1,
    "total": "384.24",
    "missing": "84.24",
    "currency": "EUR",
    "sha256": "0" * 64,
    "reason": "wrong <procedure> & goods",
    "text": "The goods are held.",
    "next_step": "Send the permit.",
    "question": "Which brand?",
    "element": "/items/0/description",
    "consequence": "The goods stay here.",
    "deadline": "2026-11-24T10:00:00+00:00",
    "effective_at": "2026-11-22T10:00:00+00:00",
    "agency": "PHY",
    "state": "lifted",
    "steps": ["Show the invoice."],
    "pointers": ["/items/0/commodity_code", "/transport/border_id"],
    "office": "ZZ000101",
}


def schema_of(inputs: Path, folder: Path) -> etree.XMLSchema:
    """The schema of MetaData with a Response in it; its parts are handed out in two folders and joined in a third."""
    wco = folder / "wco"
    shutil.copytree(inputs / "cds-schemas" / "wco", wco)
    shutil.copy(wco / "declaration" / "WCO_DS" / "WCO_RES_DS_2_DMS.xsd", wco / "notification" / "WCO_DS")
    return etree.XMLSchema(etree.parse(str(wco / "notification" / "WCO_RES_2_DMS.xsd")))


def told(type: str, **data: Any) -> Notification:
    """The notification of an event that holds everything an event may hold."""
    event = PartyEvent(event_id=uuid7(), type=type, subject_id=str(UUID(int=1)), at=clock.now(), data={**DATA, **data})
    return notification_make(event, NAME, NOTICE)


def response_of(body: bytes) -> etree._Element:
    """The Response inside a message."""
    (response,) = etree.fromstring(body).findall(f"{RES}Response")
    return response


def shape(element: etree._Element) -> set[str]:
    """The paths of local names that a message uses."""
    found: set[str] = set()

    def walk(one: etree._Element, path: str) -> None:
        for child in one:
            if isinstance(child.tag, str) and (len(child) or (child.text or "").strip()):
                here = f"{path}/{etree.QName(child).localname}"
                found.add(here)
                walk(child, here)

    walk(element, "")
    return found
