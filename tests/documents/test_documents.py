"""Kept documents: encryption and its rotation, what they are bound to, who reads them, where they are stored."""

import socket
import threading
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import boto3
import pytest
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, connection, transaction
from moto.server import ThreadedMotoServer

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import Document, DocumentLink, StoredFile
from singlewindow.documents.selectors import document_held, documents_of, links_for
from singlewindow.documents.services import (
    document_link,
    document_read,
    documents_match,
    file_keys_rotate,
    files_sweep,
)
from singlewindow.documents.services.scanner import Scan, scanned
from singlewindow.documents.services.vault import Sealed, Tampered, WrappedKey, binding, key_ring, seal, unseal
from singlewindow.documents.types import AskSubject, Named, Subject
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, RuleViolated
from tests.factories import accounts
from tests.factories import documents as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def actor(trader: Organisation) -> Actor:
    return accounts.actor(of=trader)


def subject(trader: Organisation, *named: Named, direction: str = "import", **more: Any) -> AskSubject:
    return AskSubject(
        declaration_id=uuid4(), mrn="26ZZ010100000041R8", direction=direction, parties=(trader.pk,), named=named, **more
    )


def bound(actor: Actor, document_id: UUID, to: UUID, owners: tuple[UUID, ...]) -> None:
    with unit_of_work() as work:
        document_link(work, actor, document_id=document_id, owners=owners, subject=Subject.DECLARATION, subject_id=to)


def test_DOC_ENC_01_each_file_has_a_key_of_its_own_bound_to_file_and_organisation() -> None:
    one, other = binding(uuid4(), uuid4()), binding(uuid4(), uuid4())
    first, second = seal(b"same", one), seal(b"same", one)
    assert first.body != second.body
    assert unseal(first, one) == b"same"
    for wrong in (Sealed(second.body, first.nonce, first.key), Sealed(first.body, first.nonce, second.key)):
        with pytest.raises(Tampered):
            unseal(wrong, one)
    with pytest.raises(Tampered):
        unseal(first, other)
    assert issubclass(InvalidTag, Exception)


def test_DOC_ENC_03_a_rotation_wraps_keys_anew_and_touches_no_file(actor: Actor) -> None:
    document = files.document(actor)
    row = StoredFile.objects.get()
    before, ring = (bytes(row.key_wrapped), row.wrapped_by, bytes(row.nonce), row.place), list(key_ring())
    assert file_keys_rotate() == 1
    row.refresh_from_db()
    assert (bytes(row.key_wrapped), row.wrapped_by) != before[:2]
    assert (bytes(row.nonce), row.place) == before[2:]
    assert list(key_ring()) == [row.wrapped_by] != ring
    assert document_read(actor, document.id)[1] == files.pdf("INV 0001")
    with pytest.raises(Tampered):
        unseal(Sealed(b"", before[2], WrappedKey(before[0], before[1])), b"")


def test_a_kept_file_and_what_was_bound_do_not_change_in_the_database(actor: Actor, trader: Organisation) -> None:
    document = files.document(actor)
    bound(actor, document.id, uuid4(), (trader.pk,))
    for statement in (
        "UPDATE documents_storedfile SET sha256 = repeat('0', 64)",
        "DELETE FROM documents_storedfile",
        "UPDATE documents_document SET reference = 'other'",
        "DELETE FROM documents_documentlink",
        "TRUNCATE documents_ask",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_DOC_STO_02_the_digest_is_told_as_a_salted_commitment_only(actor: Actor) -> None:
    document = files.document(actor)
    told = bytes(Event.objects.get(verb="document.stored").canonical)
    assert document.sha256.encode() not in told
    assert b"commitment" in told


def test_DOC_LNK_03_a_declaration_finds_what_it_names_once_on_the_shelf_of_its_parties(
    actor: Actor, trader: Organisation
) -> None:
    files.document(actor, files.pdf("old"), reference="INV 7")
    newest = files.document(actor, files.pdf("new"), reference="INV 7")
    files.document(accounts.actor(), reference="INV 8")
    about = subject(trader, Named("N935", "INV 7", 1), Named("N935", "INV 8", 2), Named("N380", "INV 7"))
    with unit_of_work() as work:
        assert documents_match(work, about) == 1
        assert documents_match(work, about) == 0
    ((found, link),) = documents_of(about.declaration_id)
    assert (found.id, link.item, link.purpose.value) == (newest.id, 1, "declared")
    assert [one.subject_id for one in links_for(actor, newest)] == [about.declaration_id]


def test_a_document_whose_days_are_over_is_not_found(actor: Actor, trader: Organisation) -> None:
    files.document(actor, reference="INV 7", valid_to=date(2020, 1, 1))
    with unit_of_work() as work:
        assert documents_match(work, subject(trader, Named("N935", "INV 7"))) == 0


def test_A5_DOC_LNK_01_another_traders_document_is_unknown_in_the_words_of_none(
    actor: Actor, trader: Organisation
) -> None:
    foreign = files.document(accounts.actor())
    told = []
    for document_id in (foreign.id, uuid4()):
        with pytest.raises(RuleViolated) as refused:
            bound(actor, document_id, uuid4(), (trader.pk,))
        told.append((refused.value.code, refused.value.detail, refused.value.status))
    assert told[0] == told[1] == ("document.unknown", "There is no such document on your shelf.", 422)


def test_DOC_LNK_02_U8_the_twenty_first_document_of_a_declaration_is_refused(
    actor: Actor, trader: Organisation
) -> None:
    declaration, file = uuid4(), files.pdf("one")
    shelf = [files.document(actor, file, reference=f"INV {number}") for number in range(21)]
    for document in shelf[:20]:
        bound(actor, document.id, declaration, (trader.pk,))
    with pytest.raises(Conflict) as refused:
        bound(actor, shelf[20].id, declaration, (trader.pk,))
    assert (refused.value.code, refused.value.status) == ("file.count", 409)
    bound(actor, shelf[0].id, declaration, (trader.pk,))
    assert DocumentLink.objects.count() == 20
    assert (
        document_held(AskSubject(declaration_id=declaration, mrn="", direction="import", parties=()), "N935").id
        == shelf[0].id
    )


def test_DOC_STO_03_a_file_that_an_undone_act_left_is_swept_after_an_hour_and_a_kept_one_never(
    actor: Actor, folders: Path
) -> None:
    kept = files.document(actor)
    with transaction.atomic():
        files.document(actor, files.pdf("undone"))
        transaction.set_rollback(True)
    assert (len(list((folders / "documents").iterdir())), files_sweep()) == (2, 0)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert (files_sweep(), files_sweep()) == (1, 0)
    assert [file.name for file in (folders / "documents").iterdir()] == [StoredFile.objects.get().place]
    assert document_read(actor, kept.id)[1].startswith(b"%PDF")


def test_DOC_STO_03_where_nothing_was_ever_kept_nothing_is_swept(folders: Path) -> None:
    assert not (folders / "documents").exists()
    assert files_sweep() == 0


@pytest.mark.parametrize(
    ("details", "rule"),
    [
        ({"code": "N93"}, "DOC-DET-01"),
        ({"reference": "x" * 71}, "DOC-DET-02"),
        ({"reference": "a\x07b"}, "DOC-DET-02"),
        ({"issuer": "x" * 71}, "DOC-DET-03"),
    ],
)
def test_details_that_name_no_document_are_refused(actor: Actor, details: dict[str, str], rule: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        files.document(actor, files.pdf(), **details)
    assert [one.rule for one in refused.value.violations] == [rule]
    assert not Document.objects.exists()


def test_DOC_REA_01_an_official_reads_with_an_event_and_the_owner_without(
    actor: Actor, trader: Organisation, settings: Any
) -> None:
    document = files.document(actor)
    bound(actor, document.id, uuid4(), (trader.pk,))
    document_read(actor, document.id)
    assert not Event.objects.filter(verb="document.read").exists()
    officer = accounts.actor(Role.OFFICER, office="ZZ000101")
    assert document_read(officer, document.id)[1].startswith(b"%PDF")
    event = Event.objects.get(verb="document.read")
    assert (event.actor, event.subject_id) == (officer.label, str(document.id))


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3-compatible service on the loopback address, and the setting that keeps documents there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    from singlewindow.settings.env import Environment, document_storage

    for name, value in {
        "CSW_STORAGE": "s3://papers/kept",
        "CSW_S3_ENDPOINT": f"http://{host}:{port}",
        "CSW_S3_REGION": "us-east-1",
        "CSW_S3_KEY": "key",
        "CSW_S3_SECRET": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    places = deepcopy(settings.STORAGES)
    places["documents"] = document_storage(Environment())
    settings.STORAGES = places
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket="papers")
    yield client
    server.stop()


@pytest.mark.filterwarnings("ignore")
def test_by_setting_documents_are_kept_in_a_bucket_encrypted(actor: Actor, bucket: Any) -> None:
    body = files.pdf("in a bucket")
    document = files.document(actor, body)
    (kept,) = bucket.list_objects_v2(Bucket="papers")["Contents"]
    assert kept["Key"] == f"kept/{StoredFile.objects.get().place}"
    bucket.put_object(Bucket="papers", Key="kept/undone", Body=b"x")
    assert files_sweep() == 0
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert files_sweep() == 1
    assert b"%PDF" not in bucket.get_object(Bucket="papers", Key=kept["Key"])["Body"].read()
    assert document_read(actor, document.id)[1] == body


def scanner(answer: bytes) -> tuple[str, threading.Thread, list[bytes]]:
    """A virus scanner that speaks INSTREAM and says always the same."""
    listening = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def serve() -> None:
        connected, _ = listening.accept()
        with connected, listening:
            data = b""
            while not data.endswith(b"\0\0\0\0"):
                data += connected.recv(65_536)
            heard.append(data)
            connected.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    return f"tcp:127.0.0.1:{listening.getsockname()[1]}", thread, heard


@pytest.mark.parametrize(
    ("answer", "scan"),
    [
        (b"stream: OK\0", Scan.CLEAN),
        (b"stream: Win.Test.EICAR FOUND\0", Scan.INFECTED),
        (b"INSTREAM size limit exceeded. ERROR\0", Scan.UNSCANNED),
    ],
)
def test_DOC_CHK_10_the_scanner_is_asked_over_its_socket(settings: Any, answer: bytes, scan: Scan) -> None:
    import io

    settings.CLAMAV_ADDRESS, thread, heard = scanner(answer)
    assert scanned(io.BytesIO(b"abc")) is scan
    thread.join(5)
    assert heard == [b"zINSTREAM\0\0\0\0\x03abc\0\0\0\0"]


def test_DOC_CHK_10_a_silent_scanner_leaves_the_file_unscanned(settings: Any, actor: Actor) -> None:
    settings.CLAMAV_ADDRESS = "tcp:127.0.0.1:9"
    assert files.document(actor).scan.value == "unscanned"
