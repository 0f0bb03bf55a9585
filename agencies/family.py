"""Certificates of other countries as a family of messages: checked, or taken in."""

from decimal import Decimal
from typing import Any

import orjson

from agencies.models import ForeignCertificate
from agencies.rules.sps import certificate_read
from agencies.services.arrivals import certificate_receive
from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.messaging.types import MessageOutcome, Received, Verdict
from singlewindow.reference.types import CodeLists


class Certificates:
    """SPSCertificate, the ePhyto among them."""

    def check(self, received: Received, lists: CodeLists) -> Verdict:
        """Whether it can be read; whether its kind is taken is said when it is sent."""
        assert received.root is not None
        message = certificate_read(received.root)
        kind = message.type_code
        return Verdict("ephyto", kind, MessageOutcome.ACCEPTED, (), (), sha256_hex(received.body))

    def take(self, work: Work, received: Received, actor: Actor) -> Answer:
        """Take it in."""
        return certificate_answer(certificate_receive(work, body=received.body, actor=actor))


def certificate_answer(row: ForeignCertificate) -> Answer:
    """The receipt as an answer."""
    return Answer(201, orjson.dumps(certificate_output(row)))


def certificate_output(row: ForeignCertificate) -> dict[str, Any]:
    """The receipt in JSON."""
    return {
        "id": str(row.pk),
        "country": row.country,
        "number": row.number,
        "version": row.version,
        "code": row.kind_id,
        "state": row.state,
        "issued_on": row.issued_on.isoformat(),
        "valid_to": row.valid_to.isoformat(),
        "net_kg": _plain(row.net_kg),
        "used_kg": _plain(row.used_kg),
    }


def _plain(mass_kg: Decimal) -> str:
    """A row that was just made still bears the default as it stands in the model."""
    return format(Decimal(mass_kg).normalize(), "f")


CERTIFICATES = Certificates()
