"""What the demonstration shows of the law: a charge open for comment, a tariff change that waits, penalties."""

from datetime import timedelta
from decimal import Decimal

from declarations.models import Declaration
from fees.rules.schedule import ChargeTerms, CostPart
from fees.services.schedule import charge_comment_make, charge_draft_make, charge_draft_open
from fees.services.tariff import DATA, change_propose, change_read
from fees.types import ChargeEvent
from singlewindow.demo.watching import person
from singlewindow.kernel import clock
from singlewindow.penalties.services import disclosure_file, penalty_answer, penalty_decide, penalty_notify
from singlewindow.penalties.services.disclosures import Disclosed
from singlewindow.penalties.services.penalties import Charged

COFFEE = "duty,,090121,1011,import,,{},HALF_UP"
"""The line of the tariff on roasted coffee, to its rate."""


def law_load() -> dict[str, int]:
    """Make some of each; how many came to be."""
    _charge()
    _tariff()
    return {"draft charges": 1, "changes of the tariff": 1, "penalties and disclosures": _breaches()}


def _charge() -> None:
    """Plant health wants more for its check; two who pay it said something."""
    now, officer = clock.now(), person("plant-health")
    terms = ChargeTerms(
        code="PHY-INS",
        title="Plant health check at the border",
        authority="PHY",
        authority_name="Plant Health Service",
        law="Plant Protection (Charges) Order 2027, part 1",
        event=ChargeEvent.IMPORT_DECLARATION,
        unit="per declaration with such goods",
        amount=Decimal(38),
        percentage=None,
        minimum=None,
        maximum=None,
        prefixes=("06", "07", "08", "0901", "0902", "0904", "10", "1201", "1207", "1209", "44"),
        in_vat_base=False,
        valid_from=(now + timedelta(days=150)).date().replace(day=1),
        valid_to=None,
        comment="One check a consignment, however many items",
        reason="Two more inspectors at Port Amari, so that a check takes an hour and not three.",
        cost_basis="Study of the hours worked in 2026.",
        cost_parts=(CostPart("Staff", Decimal(320_000)), CostPart("Laboratory", Decimal(85_000))),
        services_a_year=10_000,
        expected_charge=Decimal(38),
    )
    with clock.frozen(now - timedelta(days=6)):
        draft_id = charge_draft_make(terms=terms, actor=officer)
        charge_draft_open(draft_id=draft_id, comments_until=clock.today() + timedelta(days=36), actor=officer)
    said = (
        ("trader", "Three euros are little if the hour is kept. Please publish the waiting time every month."),
        ("broker", "Make it less for consignments of under 500 kg."),
    )
    for days, (name, text) in zip((4, 2), said, strict=True):
        with clock.frozen(now - timedelta(days=days)):
            charge_comment_make(draft_id=draft_id, text=text, actor=person(name))


def _tariff() -> None:
    """The administrator prepared another rate for roasted coffee; a supervisor has yet to agree."""
    shipped = (DATA / "measures.csv").read_text(encoding="utf-8")
    wanted = shipped.replace(COFFEE.format("7.5 %"), COFFEE.format("6 %")).encode()
    admin = person("admin")
    change_propose(change_id=change_read(files={"measures.csv": wanted}, actor=admin), actor=admin)


def _breaches() -> int:
    """One penalty that is owed, one that may still be answered, and an error that its trader disclosed."""
    now, officer, trader = clock.now(), person("officer"), person("trader")
    own = Declaration.objects.filter(declarant_identifier="ZZIMP0001", legal_state="CLEARED", lrn__startswith="007")
    rows = list(own.order_by("lodged_at")[:3])
    assert trader.organisation_id is not None
    held = (
        Charged(
            "INC", "careless", "The net mass of item 1 was 180 kg lower than weighed.", 41_250, trader.organisation_id
        ),
        Charged("ORG", "careless", "The certificate of origin names another country.", 126_000, trader.organisation_id),
    )
    for row, charged, hours in zip(rows, held, (30, 3), strict=False):
        with clock.frozen(now - timedelta(hours=hours)):
            notified = penalty_notify(actor=officer, declaration_id=row.pk, charged=charged)
        if charged is held[0]:
            with clock.frozen(now - timedelta(hours=20)):
                answer = "Our scale was out of order for a day; it was mended, and we had it certified."
                penalty_answer(actor=trader, penalty_id=notified.pk, text=answer)
            with clock.frozen(now - timedelta(hours=2)):
                penalty_decide(
                    actor=person("supervisor"),
                    penalty_id=notified.pk,
                    issue=True,
                    reason="The answer explains the error and does not excuse it.",
                )
    told = Disclosed(
        offence="VAL", facts="The freight of 310 EUR was left out of the value.", evaded=Decimal("62.00"), element=""
    )
    for row in rows[2:]:
        disclosure_file(actor=trader, declaration_id=row.pk, disclosed=told)
    return len(rows)
