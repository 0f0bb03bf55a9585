"""A message names a guarantee (GU-CIT-01, GU-CIT-02): what is refused, what is kept, and that no code is."""

import io
import logging

import pytest
from django.db import connection

from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge, draft_save
from declarations.types import Channel
from singlewindow.accounts.permissions import Role
from singlewindow.guarantees.models import Citation, WrongCode
from singlewindow.guarantees.services.citing import lodgement_check
from singlewindow.kernel.errors import RuleViolated
from tests.factories import accounts
from tests.factories.declarations import import_json
from tests.factories.guarantees import CODE, guarantee, mandate, reserve
from tests.factories.third_party import Software

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
SECRET = "Z9qX"


def message(trader, *cited, **changes) -> DeclarationMessage:
    return DeclarationMessage.model_validate(
        import_json(1, trader=trader.identifier) | {"guarantees": list(cited)} | changes
    )


def citing(row, code=CODE, **more) -> dict:
    return {"id": row.grn, "security_code": row.type} | ({"access_code": code} if code else {}) | more


def rules(message, actor) -> list[str]:
    return [one.rule for one in lodgement_check(message, actor)]


@pytest.mark.parametrize(
    "reference",
    ["GBCGUguaranteeref1", "23GB0000010000058", "DPOGB1234567", "26ZZT000000000019"],
    ids=["free text", "a number of another country", "an account", "a wrong check character"],
)
def test_GU_CIT_01_what_is_not_ours_is_recorded_and_nothing_more(reference):
    trader = accounts.actor()
    assert rules(message(trader_of(trader), {"id": reference, "access_code": "AC01"}), trader) == []


def trader_of(actor):
    from singlewindow.accounts.models import Organisation

    return Organisation.objects.get(pk=actor.organisation_id)


def test_GU_G01_an_unknown_one_of_ours_is_refused_where_it_stands():
    actor = accounts.actor()
    found = list(lodgement_check(message(trader_of(actor), {"reference": "26ZZT999999999990"[:16] + _check()}), actor))
    assert [(one.rule, one.pointer) for one in found] == [("GU-G01", "/guarantees/0/reference")]


def _check() -> str:
    from singlewindow.kernel.mrn import check_character

    return check_character("26ZZT99999999999")


def test_GU_G01_one_of_somebody_else_is_unknown_in_the_same_words():
    actor, other = accounts.actor(), guarantee(accounts.organisation())
    (found,) = lodgement_check(message(trader_of(actor), citing(other)), actor)
    (absent,) = lodgement_check(message(trader_of(actor), {"id": "26ZZT99999999999" + _check()}), actor)
    assert (found.rule, found.message, found.remedy) == (absent.rule, absent.message, absent.remedy)
    assert not WrongCode.objects.exists(), "a stranger's guess is no guess: nothing is looked at"


def test_the_right_code_or_the_holder_itself_passes_and_a_wrong_code_never():
    actor = accounts.actor()
    row = guarantee(trader_of(actor))
    assert rules(message(trader_of(actor), citing(row)), actor) == []
    assert rules(message(trader_of(actor), citing(row, None)), actor) == []
    assert rules(message(trader_of(actor), citing(row, "WRNG")), actor) == ["GU-G03"]


def test_GU_G03_a_broker_needs_the_code():
    broker, trader = accounts.actor(Role.BROKER), accounts.organisation()
    mandate(trader, trader_of(broker))
    row = guarantee(trader)
    assert rules(message(trader, citing(row, None)), broker) == ["GU-G03"]
    assert rules(message(trader, citing(row)), broker) == []


def test_GU_G04_the_holder_is_a_party_of_the_declaration():
    broker, trader, another = accounts.actor(Role.BROKER), accounts.organisation(), accounts.organisation()
    for principal in (trader, another):
        mandate(principal, trader_of(broker))
    assert rules(message(another, citing(guarantee(trader))), broker) == ["GU-G04"]


def test_an_officer_who_corrects_is_asked_for_no_code():
    officer, trader = accounts.actor(Role.OFFICER), accounts.organisation()
    assert rules(message(trader, citing(guarantee(trader), None)), officer) == []


def test_GU_G10_an_individual_one_in_use_is_refused_at_once():
    actor = accounts.actor()
    row = guarantee(trader_of(actor), type="2")
    reserve(row)
    assert rules(message(trader_of(actor), citing(row)), actor) == ["GU-G10"]


def test_GU_CIT_02_the_proof_is_kept_and_the_code_is_not():
    actor = accounts.actor()
    row = guarantee(trader_of(actor), code=SECRET)
    lodged = declaration_lodge(
        message=message(trader_of(actor), citing(row, SECRET)), actor=actor, channel=Channel.JSON
    )
    kept = Citation.objects.get(subject_id=lodged.id)
    assert (kept.guarantee_id, kept.proof) == (row.pk, "main")
    snapshot = declaration_snapshot(lodged.id)
    assert snapshot.message.guarantees[0].access_code is None
    assert snapshot.message.sha256() == lodged.canonical_sha256
    assert reserve(row, subject=lodged.id, code=None)


def test_a_refused_lodgement_leaves_no_proof_but_counts_the_wrong_code():
    actor = accounts.actor()
    row = guarantee(trader_of(actor))
    with pytest.raises(RuleViolated) as refused:
        declaration_lodge(message=message(trader_of(actor), citing(row, "WRNG")), actor=actor, channel=Channel.JSON)
    assert [one.pointer for one in refused.value.violations] == ["/guarantees/0/access_code"]
    assert "WRNG" not in str(refused.value.violations)
    assert not Citation.objects.exists()
    assert WrongCode.objects.filter(guarantee_id=row.pk).count() == 1


def test_GU_COD_01_no_byte_of_the_database_no_log_and_no_answer_holds_the_code():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    try:
        trader = accounts.organisation()
        software = Software(trader)
        row = guarantee(trader, code=SECRET)
        sent = import_json(1, trader=trader.identifier) | {"guarantees": [citing(row, SECRET)]}
        answer = software.post(sent)
        assert answer.status_code == 201, answer.content
        seen = software.get(f"/api/v1/declarations/{answer.json()['id']}")
        actor = accounts.actor(of=trader)
        draft_save(actor=actor, organisation_id=trader.pk, content=sent | {"lrn": "ANOTHER"})
    finally:
        logging.getLogger().removeHandler(handler)
    assert SECRET not in answer.content.decode() + seen.content.decode() + stream.getvalue()
    assert _tables_with(SECRET) == []


def test_GU_COD_01_nor_when_it_comes_with_an_amendment():
    trader = accounts.organisation()
    software = Software(trader)
    row = guarantee(trader, code=SECRET)
    sent = import_json(1, trader=trader.identifier, type_code="IMD")
    lodged = software.lodged(sent)
    path = f"/api/v1/declarations/{lodged['id']}/amendments"
    whole = sent | {"guarantees": [citing(row, SECRET)]}
    answer = software.post({"version": 1, "reason": "We secure it.", "declaration": whole}, path=path)
    assert answer.status_code == 201, answer.content
    parts = [{"op": "set", "pointer": "/guarantees/0/access_code", "value": SECRET}]
    again = software.post({"version": 2, "reason": "The code again.", "operations": parts}, path=path)
    seen = software.get(f"/api/v1/declarations/{lodged['id']}/changes")
    assert SECRET not in answer.content.decode() + again.content.decode() + seen.content.decode()
    assert Citation.objects.filter(guarantee=row, subject_id=lodged["id"]).count() == 1
    assert _tables_with(SECRET) == []


def _tables_with(text: str) -> list[str]:
    """The tables of which some row, bytes and JSON included, holds a text."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = "
            "current_schema() AND data_type IN ('text', 'character varying', 'bytea', 'jsonb', 'ARRAY')"
        )
        for table, column, kind in cursor.fetchall():
            shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE {shown} LIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found
