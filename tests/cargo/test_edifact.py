"""CUSCAR and CUSREP: read segment by segment, nothing lost, each finding with its segment (CA-050 to CA-052)."""

import pytest

from singlewindow.accounts.types import Actor
from singlewindow.cargo.messages.edifact.cuscar import cuscar_read
from singlewindow.cargo.messages.edifact.cusrep import cusrep_read
from singlewindow.cargo.messages.edifact.family import CUSCAR, CUSREP
from singlewindow.cargo.models import Arrival, Bill, Manifest, ManifestVersion
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.edifact import EdifactMessage, interchange_read
from singlewindow.kernel.errors import FormatRefused
from singlewindow.messaging.services import message_check
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.cargo import carrier

SEA = """BGM+785+MAN0001+9'
DTM+132:202612010600:203'
LOC+60+ZZAMA::6'
RFF+AES:OTHER'
NAD+CA+KVSL::95++KIVANA SHIPPING LINE'
TDT+20+026E+1+11+KVSL:172:20+++9074729:146:11:AMARI STAR:PA'
EQD+CN+CSQU3054383+22G1:102:5'
SEL+SL123456+CA'
CNT+7:1500:KGM'
CNI+1+BLX'
RFF+BM:BLA'
LOC+9+CNCAN::6'
LOC+11+ZZAMA::6'
NAD+CZ+++GUANGDONG HOME APPLIANCE CO+18 HARBOUR ROAD+GUANGZHOU++510000+CN'
NAD+CN+ZZIMP0001++AMARI FOODS LTD'
NAD+NI+++SWIFT CLEARING AGENTS'
GID+1+10:CT'
FTX+AAA+++ELECTRIC COFFEE MAKERS:FOR HOUSEHOLD USE'
MEA+WT+G+KGM:52.5'
MEA+VOL++MTQ:2'
SGP+CSQU3054383+10'
PCI+28+LOT 1:LOT 2'
CST++851671'
CNI+2'
RFF+MB:MBL1'
RFF+BH:HBL1'
GID+1+5:CT'
FTX+AAA+++SPARE PARTS'
MEA+AAE+AAB+TNE:1.2'
"""
REPORT = """BGM+185+REP1+9'
DTM+178:202611201405:203'
RFF+AAM:MAN0001'
LOC+60+ZZAMA'
NAD+CA+KVSL'
TDT+20+026E+1+11++++9074729:146:11:AMARI STAR:PA'
"""


def interchange(text: str, type: str = "CUSCAR", release: str = "99B") -> bytes:
    segments = [f"UNH+1+{type}:D:{release}:UN'", *text.splitlines()]
    body = "".join([*segments, f"UNT+{len(segments) + 1}+1'"])
    return f"UNB+UNOC:3+KVSL+ZZCUS+261120:1200+1'{body}UNZ+1+1'".encode()


def message(text: str, type: str = "CUSCAR", release: str = "99B") -> EdifactMessage:
    read = interchange_read(interchange(text, type, release))
    assert not read.faults
    return read.messages[0]


@pytest.mark.parametrize("release", ["96B", "99B", "24A"])
def test_a_manifest_is_read_with_masters_houses_goods_and_containers(release):
    read = cuscar_read(message(SEA, release=release)).message
    assert (read.reference, read.kind, read.mode, read.place) == ("MAN0001", "carrier", "sea", "ZZAMA")
    assert read.conveyance.model_dump() == {
        "id": "9074729",
        "name": "AMARI STAR",
        "nationality": "PA",
        "voyage": "026E",
    }
    first, second = read.bills
    assert (first.reference, first.kind, first.loading, first.discharge) == ("BLA", "straight", "CNCAN", "ZZAMA")
    assert first.consignee.model_dump(exclude_none=True) == {"id": "ZZIMP0001", "name": "AMARI FOODS LTD"}
    assert first.consignor.address == "18 HARBOUR ROAD GUANGZHOU 510000"
    line = first.goods[0]
    assert line.description == "ELECTRIC COFFEE MAKERS FOR HOUSEHOLD USE"
    assert (line.packages.count, line.packages.type, str(line.gross_mass_kg), line.hs) == (10, "CT", "52.5", "851671")
    assert first.containers[0].model_dump() == {"id": "CSQU3054383", "size_type": "22G1", "seals": ("SL123456",)}
    assert (second.reference, second.kind, second.master) == ("HBL1", "house", "MBL1")
    assert str(second.gross_mass_kg) == "1200"


def test_CA_050_what_has_no_field_is_kept_word_for_word():
    kept = cuscar_read(message(SEA)).notes.kept
    assert [(one["tag"], one["text"]) for one in kept] == [
        ("RFF", "AES:OTHER"),
        ("NAD", "CA+KVSL::95++KIVANA SHIPPING LINE"),
        ("CNT", "7:1500:KGM"),
        ("MEA", "VOL++MTQ:2"),
        ("SGP", "CSQU3054383+10"),
    ]
    assert kept[0]["segment"] == 5


def test_a_forwarders_houses_under_a_foreign_master_are_a_consolidation():
    text = SEA.replace("RFF+BM:BLA", "RFF+MWB:M1'\nRFF+HWB:H1")
    assert cuscar_read(message(text)).message.kind == "consolidation"


@pytest.mark.parametrize(
    ("old", "new", "rule", "pointer", "source"),
    [
        ("KGM:52.5", "KGM:heavy", "format.decimal", "", "UNH 1 segment 20 MEA"),
        ("MAN0001", "", "format.missing", "/reference", "UNH 1 segment 2 BGM"),
        ("RFF+MB:MBL1'\nRFF+BH:HBL1'\n", "", "format.missing", "/bills/1", "UNH 1 segment 25 CNI"),
        ("MAN0001+9", "MAN0001+27", "format.value", "", "UNH 1 segment 2 BGM"),
        ("RFF+BM:BLA", "RFF+BM:B?+A", "format.characters", "/bills/0/reference", "UNH 1 segment 12 RFF"),
    ],
)
def test_what_is_wrong_is_told_with_its_segment(old, new, rule, pointer, source):
    with pytest.raises(FormatRefused) as caught:
        cuscar_read(message(SEA.replace(old, new)))
    found = caught.value.violations[0]
    assert (found.rule, found.pointer, found.source) == (rule, pointer, source)


@pytest.mark.parametrize(
    ("text", "outcome", "rules"),
    [
        (SEA, "accepted", set()),
        (SEA.replace("RFF+BH:HBL1", "RFF+BH:BLA"), "rejected", {"CA-020"}),
        (SEA.replace("GID+1+5:CT", "GID+1").replace("MEA+AAE+AAB+TNE:1.2'\n", ""), "rejected", {"CA-023"}),
        (SEA[: SEA.index("CNI+1")], "accepted", set()),
    ],
    ids=["sound", "twice the same bill", "nothing of a bill", "no cargo"],
)
def test_check_message_gives_the_verdict(text, outcome, rules):
    verdict = message_check(interchange(text), code_lists_from_files())
    assert (verdict.outcome.value, {error.rule for error in verdict.errors}) == (outcome, rules)
    assert (verdict.canonical_sha256 is not None) is (outcome == "accepted")


@pytest.mark.parametrize("release", ["95B", "03A"])
def test_another_directory_is_declined_politely(release):
    verdict = message_check(interchange(SEA, release=release), code_lists_from_files())
    assert verdict.outcome.value == "unsupported"
    assert "D.96B, D.99B, D.24A" in verdict.errors[0].message


@pytest.mark.parametrize(
    ("dtm", "movement"),
    [("178", "arrived"), ("136", "departed"), ("132", "expected"), ("133", "expected"), ("137", "expected")],
)
def test_a_report_says_what_its_time_says(dtm, movement):
    read = cusrep_read(message(REPORT.replace("DTM+178", f"DTM+{dtm}"), "CUSREP")).message
    assert (read.movement, read.place, read.manifest) == (movement, "ZZAMA", "MAN0001")
    assert read.conveyance.id == "9074729"


def test_a_report_that_names_nothing_is_rejected_by_rule():
    text = "BGM+185+REP1+9'\n"
    verdict = message_check(interchange(text, "CUSREP"), code_lists_from_files())
    assert [error.rule for error in verdict.errors] == ["CA-028"]


class TestTaking:
    pytestmark = pytest.mark.django_db

    @pytest.fixture
    def ship(self) -> Actor:
        return carrier()

    def take(self, ship: Actor, text: str, type: str = "CUSCAR") -> object:
        family = CUSCAR if type == "CUSCAR" else CUSREP
        with unit_of_work() as work:
            return family.take(work, message(text, type), ship)

    def test_a_manifest_is_filed_replaced_and_cancelled(self, ship):
        receipt = self.take(ship, SEA)
        assert (receipt.number, Bill.objects.count()) == ("MAN0001", 2)
        self.take(ship, SEA.replace("MAN0001+9", "MAN0001+5").replace("GID+1+10:CT", "GID+1+11:CT"))
        assert Bill.objects.get(reference="BLA").packages == 11
        assert ManifestVersion.objects.filter(version=2, source="edifact").exists()
        assert ManifestVersion.objects.filter(version=1).values_list("kept", flat=True)[0][0]["tag"] == "RFF"
        self.take(ship, SEA.replace("MAN0001+9", "MAN0001+1"))
        assert Manifest.objects.get().state == "CANCELLED"
        assert set(Bill.objects.values_list("state", flat=True)) == {"WITHDRAWN"}

    def test_a_report_of_arrival_brings_the_manifest_and_its_goods(self, ship):
        self.take(ship, SEA)
        self.take(ship, REPORT, "CUSREP")
        assert Manifest.objects.get().state == "ARRIVED"
        assert Bill.objects.get(reference="BLA").arrived_at is not None

    def test_a_report_before_the_manifest_is_found_by_it(self, ship):
        self.take(ship, REPORT.replace("RFF+AAM:MAN0001'\n", ""), "CUSREP")
        assert Arrival.objects.get().subject == "call"
        self.take(ship, SEA)
        assert Manifest.objects.get().state == "ARRIVED"
