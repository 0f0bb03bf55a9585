"""One address takes every message, and each message asks for a permission of its own: no family opens another."""

import orjson
import pytest
from lxml import etree

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from tests.cargo.test_edifact import REPORT, SEA
from tests.cargo.test_edifact import interchange as of_cargo
from tests.cargo.test_movement_messages import movement
from tests.factories import accounts
from tests.factories.cds import declaration_xml, plain_for_xml
from tests.factories.declarations import import_json
from tests.factories.edifact import MESSAGES, interchange
from tests.factories.ens import entry_xml
from tests.factories.lowvalue import as_csv, as_xlsx, cells
from tests.factories.third_party import Software
from tests.hostile.conftest import Nothing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

JSON, XML, EDIFACT, BYTES = "application/json", "application/xml", "application/edifact", "application/octet-stream"
FILING = "declarations entries manifests arrivals feed"
LEFT = ("audit_event", "files")
"""What a refusal leaves: the event that tells of it."""

DECLARATIONS = {"JSON", "WCO XML", "CUSDEC"}
LISTS = {"CSV", "XLSX"}
CARGO = {"CUSCAR"}
PRESENCE = {"CUSREP", "movement"}
ADVANCE = {"CC315A"}
EVERY = DECLARATIONS | LISTS | CARGO | PRESENCE | ADVANCE

CALLERS: dict[str, tuple[Role, str, set[str]]] = {
    "a terminal": (Role.TERMINAL, FILING, EVERY - PRESENCE),
    "a trader": (Role.TRADER, FILING, LISTS | CARGO | PRESENCE),
    "a broker": (Role.BROKER, FILING, LISTS | CARGO | PRESENCE),
    "an operator": (Role.OPERATOR, FILING, CARGO | PRESENCE),
    "a carrier": (Role.CARRIER, FILING, DECLARATIONS | LISTS),
    "a carrier that may only tell arrivals": (Role.CARRIER, "arrivals", EVERY - PRESENCE),
    "a trader that may only file entries": (Role.TRADER, "entries", EVERY - ADVANCE),
    "an officer": (Role.OFFICER, FILING, EVERY),
    "an agency": (Role.AGENCY_OFFICER, FILING, EVERY),
    "software that only reads": (Role.TRADER, "feed", EVERY),
}
"""Who asks, with which scopes, and the messages that are not theirs."""


def body_of(name: str, of: Organisation) -> tuple[bytes, str]:
    """A message that would be taken of whoever may send it."""
    sender = of.identifier.encode()
    if name in PRESENCE | CARGO and name != "movement":
        text, type_ = (SEA, "CUSCAR") if name == "CUSCAR" else (REPORT, "CUSREP")
        return of_cargo(text, type_).replace(b"UNOC:3+KVSL", b"UNOC:3+" + sender), EDIFACT
    if name == "CUSDEC":
        return interchange(sender=of.identifier), EDIFACT
    plain = import_json(1, trader=of.identifier)
    made = {
        "JSON": lambda: (orjson.dumps(plain), JSON),
        "WCO XML": lambda: (declaration_xml(plain_for_xml(plain), wrapped="metadata"), XML),
        "CC315A": lambda: (entry_xml(), XML),
        "movement": lambda: (etree.tostring(movement(goodsLocation="ZZAUAMAPORT1")), XML),
        "CSV": lambda: (as_csv([cells()]), BYTES),
        "XLSX": lambda: (as_xlsx([cells()]), BYTES),
    }
    return made[name]()


@pytest.mark.parametrize(
    ("caller", "name"), [(caller, name) for caller, (_, _, denied) in CALLERS.items() for name in sorted(denied)]
)
def test_a_message_of_a_family_that_is_not_the_senders_is_refused_and_recorded(
    nothing_left: Nothing, caller: str, name: str
) -> None:
    role, scopes, _ = CALLERS[caller]
    organisation = accounts.organisation()
    software = Software(organisation, scopes=scopes, role=role)
    body, media = body_of(name, organisation)
    with nothing_left(*LEFT):
        response = software.post(body, path=MESSAGES, content_type=media, Accept=JSON)
    assert response.status_code in {403, 404, 422}, (response.status_code, response.content[:400])
    assert b"not_permitted" in response.content or response.status_code == 404, response.content[:400]
    if response.status_code != 404:
        assert Event.objects.filter(verb=Verb.REQUEST_DENIED).count() == 1


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        (caller, name)
        for caller, (_, _, denied) in list(CALLERS.items())[:7]
        for name in sorted(EVERY - denied - {"JSON", "movement"})
    ],
)
def test_a_message_of_a_family_that_is_the_senders_is_not_refused_for_want_of_permission(
    caller: str, name: str
) -> None:
    """So that the case above cannot pass because the message is no good."""
    role, scopes, _ = CALLERS[caller]
    organisation = accounts.organisation()
    body, media = body_of(name, organisation)
    response = Software(organisation, scopes=scopes, role=role).post(
        body, path=MESSAGES, content_type=media, Accept=JSON
    )
    assert b"not_permitted" not in response.content, response.content[:400]
    assert response.status_code < 500


@pytest.mark.parametrize("scopes", ["arrivals", "arrivals manifests"])
def test_a_carrier_tells_of_no_goods_but_its_own_whatever_scopes_its_token_carries(
    nothing_left: Nothing, scopes: str
) -> None:
    software = Software(accounts.organisation(), scopes=scopes, role=Role.CARRIER)
    with nothing_left():
        for said in ({"containers": ["MSKU2666542"]}, {"manifest": "VOY1"}, {"bill": "B1"}):
            response = software.post({"schema_version": "1", "movement": "arrived"} | said, path="/api/v1/arrivals")
            assert response.status_code == 404, (said, response.content)
        response = software.post(
            etree.tostring(movement(goodsLocation="ZZAUAMAPORT1")), path=MESSAGES, content_type=XML
        )
        assert response.status_code == 404, response.content
