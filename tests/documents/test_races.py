"""Documents at once: one copy of the same file, never more than twenty on a subject; and pages of few queries."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import Document, DocumentLink, Shelf, StoredFile
from singlewindow.documents.services import details_of, document_link, document_store, upload_check
from singlewindow.documents.types import Subject
from singlewindow.kernel.errors import DomainError
from tests.factories import accounts
from tests.factories import documents as files

pytestmark = pytest.mark.django_db


def at_once(*acts: Any) -> list[Any]:
    """Each act in a thread and a connection of its own; a refusal is an answer, any other fault ends the test."""

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
def test_DOC_STO_01_the_same_file_given_twice_at_once_is_kept_once() -> None:
    actor, body = accounts.actor(), files.pdf("one and the same")
    checked = [upload_check(actor, files.uploaded(actor, body).id) for _ in range(4)]

    def store(one: Any) -> Any:
        with unit_of_work() as work:
            return document_store(work, actor, one, details_of("N935", "INV 1"))

    answers = at_once(*[lambda one=one: store(one) for one in checked])
    assert len({answer.id for answer in answers}) == 1
    assert (StoredFile.objects.count(), Document.objects.count()) == (1, 1)
    shelf = Shelf.objects.get()
    assert (shelf.stored_bytes, shelf.pending_bytes) == (len(body), 0)


@pytest.mark.django_db(transaction=True)
def test_DOC_LNK_02_of_documents_bound_at_once_no_twenty_first_is_taken() -> None:
    trader = accounts.organisation()
    actor, subject_id, body = accounts.actor(of=trader), uuid4(), files.pdf("one")
    shelf = [files.document(actor, body, reference=f"INV {number}") for number in range(24)]

    def bind(document_id: Any) -> None:
        with unit_of_work() as work:
            document_link(
                work,
                actor,
                document_id=document_id,
                owners=(trader.pk,),
                subject=Subject.DECLARATION,
                subject_id=subject_id,
            )

    for document in shelf[:18]:
        bind(document.id)
    answers = at_once(*[lambda one=one: bind(one.id) for one in shelf[18:]])
    assert sum(isinstance(answer, DomainError) for answer in answers) == 4
    assert DocumentLink.objects.count() == 20


@pytest.mark.parametrize("papers", [1, 30])
def test_the_shelf_and_a_document_ask_the_same_few_questions(
    papers: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    trader: Organisation = accounts.organisation()
    actor, body = accounts.actor(of=trader), files.pdf("one")
    shelf = [files.document(actor, body, reference=f"INV {number}") for number in range(papers)]
    for _ in range(papers):
        with unit_of_work() as work:
            document_link(
                work,
                actor,
                document_id=shelf[0].id,
                owners=(trader.pk,),
                subject=Subject.DECLARATION,
                subject_id=uuid4(),
            )
    client = Client()
    client.force_login(accounts.user(Role.TRADER, of=trader), backend="django.contrib.auth.backends.ModelBackend")
    for path, queries in (("/documents/", 5), (f"/documents/{shelf[0].id}/", 5)):
        client.get(path)
        with django_assert_num_queries(queries):  # session, user, membership; then rows and room, or document and uses
            assert client.get(path).status_code == 200
