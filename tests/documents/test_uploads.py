"""The resumable upload: announced, sent in chunks, resumed, forgotten; the quota exact under concurrency."""

import base64
import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connections
from django.test import Client

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import PendingUpload, Shelf
from singlewindow.documents.selectors import upload_for, upload_open
from singlewindow.documents.services import upload_append, upload_begin, upload_end, upload_keep, uploads_sweep
from singlewindow.documents.tasks import expire
from singlewindow.documents.types import Purpose
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, DomainError, NotFound, NotPermitted, RuleViolated, TooLarge
from tests.factories import accounts
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db

UPLOADS = "/api/v1/uploads"
CHUNK = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


def told(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def begun(software: Software, size: int, name: str = "invoice.pdf", purpose: str = "document") -> Any:
    more = {"Upload-Length": str(size), "Upload-Metadata": told(filename=name, purpose=purpose)}
    return software.send("POST", UPLOADS, b"", "", **TUS, **more)


def patched(software: Software, address: str, offset: int, chunk: bytes) -> Any:
    return software.send("PATCH", address, chunk, CHUNK, **TUS, **{"Upload-Offset": str(offset)})


def head(software: Software, address: str) -> Any:
    return software.send("HEAD", address, b"", "", **TUS)


@pytest.fixture
def software(db: None) -> Software:
    return Software(accounts.organisation())


def new(actor: Actor, size: int = 10, purpose: Purpose = Purpose.DOCUMENT, name: str = "a.pdf") -> Any:
    with unit_of_work() as work:
        return upload_begin(work, actor, name=name, size_bytes=size, purpose=purpose)


def test_the_server_says_what_it_speaks(software: Software) -> None:
    answer = software.send("OPTIONS", UPLOADS)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,expiration,termination"
    assert answer["Tus-Max-Size"] == str(25 * 1_048_576)


def test_a_file_is_sent_in_chunks_and_resumed_where_it_broke_off(software: Software) -> None:
    content = bytes(range(256)) * 8
    answer = begun(software, len(content))
    assert answer.status_code == 201
    address = answer["Location"]
    assert patched(software, address, 0, content[:1000])["Upload-Offset"] == "1000"
    again = head(software, address)
    assert (again["Upload-Offset"], again["Upload-Length"], again["Cache-Control"]) == ("1000", "2048", "no-store")
    last = patched(software, address, 1000, content[1000:])
    assert (last.status_code, last["Upload-Offset"]) == (204, "2048")
    actor = accounts.actor(of=software.organisation)
    with upload_open(PendingUpload.objects.get().pk, actor) as file:
        assert file.read() == content


@pytest.mark.parametrize("offset", [0, 5, 11])
def test_a_chunk_that_does_not_begin_where_the_file_ends_is_refused_and_changes_nothing(
    software: Software, offset: int
) -> None:
    address = begun(software, 20)["Location"]
    patched(software, address, 0, b"0123456789")
    answer = patched(software, address, offset, b"x")
    assert (answer.status_code, answer.json()["code"]) == (409, "file.offset")
    assert head(software, address)["Upload-Offset"] == "10"


def test_more_bytes_than_announced_are_refused_and_none_of_them_is_taken(software: Software) -> None:
    address = begun(software, 4)["Location"]
    assert patched(software, address, 0, b"12345").status_code == 413
    assert head(software, address)["Upload-Offset"] == "0"


def test_what_a_crash_left_behind_the_counted_bytes_is_overwritten() -> None:
    actor = accounts.actor()
    upload = new(actor, 8)
    upload_append(actor, upload.id, 0, b"1234")
    with storages["incoming"].open(PendingUpload.objects.get().place, "r+b") as file:
        file.seek(4)
        file.write(b"never counted, longer than the rest")
    upload_append(actor, upload.id, 4, b"5678")
    with upload_open(upload.id, actor) as whole:
        assert whole.read() == b"12345678"


@pytest.mark.parametrize(
    ("purpose", "size", "status"),
    [
        ("document", 10 * 1_048_576, 201),
        ("document", 10 * 1_048_576 + 1, 413),
        ("bulk", 25 * 1_048_576, 201),
        ("bulk", 25 * 1_048_576 + 1, 413),
        ("document", 0, 422),
        ("document", 1, 201),
    ],
)
def test_DOC_UPL_01_each_purpose_has_its_size(software: Software, purpose: str, size: int, status: int) -> None:
    answer = begun(software, size, purpose=purpose)
    assert answer.status_code == status
    assert (status == 201) == PendingUpload.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "5"}, 412, "upload.version"),
        ({**TUS, "Upload-Length": "-5"}, 400, "upload.header"),
        ({**TUS, "Upload-Length": "٥"}, 400, "upload.header"),
        ({**TUS}, 400, "upload.header"),
        ({**TUS, "Upload-Length": "5", "Upload-Metadata": "filename ???"}, 400, "upload.metadata"),
        ({**TUS, "Upload-Length": "5", "Upload-Metadata": told(purpose="other")}, 400, "upload.purpose"),
    ],
)
def test_a_request_that_is_not_tus_is_refused_exactly(
    software: Software, headers: dict[str, str], status: int, code: str
) -> None:
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    answer = software.send("POST", UPLOADS, b"", "", **encoded)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_upload_of_another_organisation_does_not_exist(software: Software) -> None:
    address = begun(software, 5)["Location"]
    stranger = Software(accounts.organisation())
    assert head(stranger, address).status_code == 404
    assert patched(stranger, address, 0, b"12345").status_code == 404
    assert stranger.send("DELETE", address, b"", "", **TUS).status_code == 404
    with pytest.raises(NotFound):
        upload_open(PendingUpload.objects.get().pk, accounts.actor())


def test_an_officer_sends_no_files() -> None:
    with pytest.raises(NotPermitted):
        new(accounts.actor(Role.OFFICER))


def test_a_file_that_is_not_complete_cannot_be_used() -> None:
    actor = accounts.actor()
    upload = new(actor, 2)
    upload_append(actor, upload.id, 0, b"1")
    with pytest.raises(Conflict) as refused:
        upload_open(upload.id, actor)
    assert refused.value.code == "file.incomplete"


def test_pages_send_with_their_session_and_the_CSRF_header() -> None:
    person = accounts.user()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    headers = {**TUS, "Upload-Length": "3", "Upload-Metadata": told(filename="a.csv", purpose="bulk")}
    assert browser.post("/uploads", headers=headers).status_code == 403
    browser.cookies[settings.CSRF_COOKIE_NAME] = token = "a" * 32
    answer = browser.post("/uploads", headers={**headers, "X-CSRFToken": token})
    assert (answer.status_code, answer["Location"][:9]) == (201, "/uploads/")
    assert Client().post("/uploads", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/cron.d/x.pdf", "x.pdf"),
        ("C:\\x\\invoice.pdf", "invoice.pdf"),
        ("con.pdf", "_con.pdf"),
        ("bill\u202efdp.exe.pdf", "billfdp.exe.pdf"),
        (" ..a  b.pdf. ", "a b.pdf"),
        ('<b>"x".pdf', "_b__x_.pdf"),
    ],
)
def test_DOC_NAM_01_U4_a_name_is_cleaned_and_never_the_name_in_the_storage(sent: str, shown: str) -> None:
    upload = new(accounts.actor(), name=sent)
    assert upload.name == shown
    row = PendingUpload.objects.get()
    assert len(row.place) == 32
    assert shown not in row.place


@pytest.mark.parametrize("name", ["a.pdf\0.exe", "a" * 4096, "a" * 256, "..", "a\r\nb.pdf", "\u202e"])
def test_DOC_NAM_01_U4_a_name_that_only_deceives_is_refused(name: str) -> None:
    with pytest.raises(RuleViolated) as refused:
        new(accounts.actor(), name=name)
    assert refused.value.code == "file.name"


def _due() -> None:
    expire(list(Job.objects.filter(kind="documents.expire", state="todo").values_list("id", flat=True)))


def files() -> list[str]:
    return storages["incoming"].listdir("")[1]


@pytest.mark.django_db(transaction=True)
def test_DOC_UPL_02_U9_an_hour_after_the_last_chunk_neither_row_nor_file_nor_room_is_left() -> None:
    actor = accounts.actor()
    begin = clock.now()
    upload = new(actor, 100)
    with clock.frozen(begin + timedelta(minutes=30)):
        upload_append(actor, upload.id, 0, b"x" * 99)
    with clock.frozen(begin + timedelta(minutes=89)):
        _due()
        assert upload_for(actor, upload.id).received_bytes == 99
    with clock.frozen(begin + timedelta(minutes=91)):
        with pytest.raises(NotFound):
            upload_append(actor, upload.id, 99, b"x")
        _due()
    assert not PendingUpload.objects.exists()
    assert files() == []
    assert Shelf.objects.get().pending_bytes == 0


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_was_given_up_or_taken_leaves_nothing(software: Software) -> None:
    address = begun(software, 5)["Location"]
    assert software.send("DELETE", address, b"", "", **TUS).status_code == 204
    assert head(software, address).status_code == 404
    actor = accounts.actor(of=software.organisation)
    upload = new(actor, 5)
    with unit_of_work() as work:
        upload_keep(work, actor, upload.id, until=clock.now() + timedelta(days=1))
        upload_end(work, actor, upload.id)
    assert files() == []
    assert Shelf.objects.get().pending_bytes == 0


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_row_was_never_written_is_swept_after_an_hour() -> None:
    actor = accounts.actor()
    with contextlib.suppress(ZeroDivisionError), unit_of_work() as work:
        upload_begin(work, actor, name="a.pdf", size_bytes=5, purpose=Purpose.BULK)
        raise ZeroDivisionError
    kept = new(actor)
    assert len(files()) == 2
    assert uploads_sweep() == 0
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert uploads_sweep() == 1
    assert files() == [PendingUpload.objects.get(pk=kept.id).place]


def in_threads(*acts: Any) -> list[Any]:
    def run(act: Any) -> Any:
        try:
            return act()
        except DomainError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_DOC_QUO_01_U8_of_uploads_at_once_over_the_quota_exactly_those_that_fit_are_taken() -> None:
    organisation = accounts.organisation()
    actors = [accounts.actor(of=organisation) for _ in range(8)]
    Shelf.objects.create(organisation=organisation, quota_bytes=350, stored_bytes=50, pending_bytes=0)
    answers = in_threads(*[lambda actor=actor: new(actor, 100) for actor in actors])
    refusals = [answer.code for answer in answers if isinstance(answer, Conflict)]
    assert refusals == ["file.quota"] * 5
    assert PendingUpload.objects.count() == 3
    assert Shelf.objects.get().pending_bytes == 300


@pytest.mark.django_db(transaction=True)
def test_of_two_chunks_for_the_same_place_one_is_taken() -> None:
    actor = accounts.actor()
    upload = new(actor, 200)
    answers = in_threads(*[lambda n=n: upload_append(actor, upload.id, 0, bytes([n]) * 100) for n in range(6)])
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    assert upload_for(actor, upload.id).received_bytes == 100
    with storages["incoming"].open(PendingUpload.objects.get().place, "rb") as file:
        assert len(set(file.read())) == 1


def test_a_piece_of_a_broken_chunk_stays_and_too_long_a_one_is_refused() -> None:
    actor = accounts.actor()
    upload = new(actor, 10)
    upload_append(actor, upload.id, 0, b"12345")
    with pytest.raises(TooLarge):
        upload_append(actor, upload.id, 5, b"123456")
    assert upload_for(actor, upload.id).received_bytes == 5
