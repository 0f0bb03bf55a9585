"""Filing a drawback: imported goods that left again, or were destroyed, and the duty that comes back for them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_UP, Decimal
from uuid import UUID

from declarations.selectors import declaration_head_for, declaration_snapshot
from declarations.types import DeclarationHead, DeclarationSnapshot
from fees.selectors.lines import TaxLine
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.reference.revenue import RevenueScheme
from singlewindow.revenue.models import Claim, ClaimLine, DrawbackLine, YieldSet
from singlewindow.revenue.rules.drawback import (
    QUANTITY_PLACES,
    SHARE_PLACES,
    ExitAsked,
    ItemQuantity,
    exit_findings,
    refund_minor,
    share_drawn,
    time_findings,
    yield_of,
)
from singlewindow.revenue.services.deferments import number_next
from singlewindow.revenue.services.filing import (
    LINE_COLUMNS,
    Subject,
    claim_tell,
    claimed_subject,
    paid_findings,
    refuse_short,
    subject_keep,
)
from singlewindow.revenue.services.holding import quantities_of, quantities_take, taxes_take
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.types import ClaimKind, DrawbackBasis, Side

MASS = "KGM"
TEXT_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class DrawbackAsked:
    """What is claimed: the import, the export that proves it, and lines that link their items."""

    import_declaration_id: UUID
    exits: tuple[ExitAsked, ...]
    text: str
    export_declaration_id: UUID | None = None
    """None where everything was destroyed."""
    authorisation: str = ""
    """Of manufacturing, whose yields say what the products contain."""


@dataclass(frozen=True, slots=True)
class Linked:
    """One line with what it was found to link."""

    asked: ExitAsked
    imported: ItemQuantity
    per_output: Decimal
    share: Decimal
    amount_minor: int
    taxes: tuple[tuple[TaxLine, int], ...]
    """What comes back of each tax."""

    @property
    def used(self) -> Decimal:
        """Imported quantity that it stands for, in the places that are kept; never less."""
        return (self.asked.quantity * self.per_output).quantize(QUANTITY_PLACES, ROUND_UP)


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that a drawback is decided on."""

    subject: Subject
    imported: Mapping[int, ItemQuantity]
    export: DeclarationHead | None
    exported: Mapping[int, ItemQuantity]
    yields: YieldSet | None
    scheme: RevenueScheme


def drawback_file(asked: DrawbackAsked, *, actor: Actor, at: datetime | None = None) -> UUID:
    """Claim back the duty of imported goods that left again or were destroyed; returns the claim's id.

    Import and export quantities are held by the claim: no other claim can use them.

    Locks: the fiscal status, the uses of quantities, then the balances of taxes, each in the order of their keys.

    Source: docs/rules/revenue.md, RV-DRB-01 to RV-DRB-06 (domain.md K18, F54).

    Raises:
        NotPermitted: the actor may not claim.
        NotFound: the actor sees no such declaration, or another paid it.
        RuleViolated: RV-DRB-01 to RV-DRB-06, RV-CLM-03, RV-CLM-05, everything at once.
    """
    actor.require(Permission.CLAIM_REPAYMENT)
    moment = at or clock.now()
    ground = _ground(asked, actor, moment)
    found = _findings(asked, ground)
    if found:
        raise RuleViolated(violations=found)
    linked = [_linked(one, ground) for one in asked.exits]
    total = sum(one.amount_minor for one in linked)
    if not total:
        sentence = "No duty comes back: none was paid on these goods, or it is less than the smallest coin."
        raise RuleViolated(violations=[Violation("RV-DRB-06", "/exits", sentence)])
    with unit_of_work() as work:
        subject_keep(work, ground.subject)
        row = Claim.objects.create(
            number=number_next(work, "CL"),
            kind=ClaimKind.DRAWBACK.value,
            claimant_id=ground.subject.payer_id,
            declaration_id=asked.import_declaration_id,
            declaration_version=ground.subject.head.version,
            mrn=ground.subject.head.mrn,
            yield_set=ground.yields,
            reason_code="drawback",
            law=ground.scheme.drawback_law,
            text=asked.text.strip(),
            currency=ground.subject.status.currency,
            claimed_minor=total,
            filed_by=actor.label,
            filed_at=moment,
            changed_at=moment,
        )
        drawn = [_drawn(row, asked, one, ground) for one in linked]
        _quantities_hold(drawn, ground)
        sums = _sums(linked)
        refuse_short(
            taxes_take(work, {(line.declaration_id, line.item, line.tax_type): pair for line, pair in sums.items()})
        )
        DrawbackLine.objects.bulk_create(drawn)
        rows = [
            (row.pk, line.declaration_id, line.item, line.tax_type, line.authority, minor)
            for line, (minor, _) in sums.items()
            if minor
        ]
        work.insert(ClaimLine, LINE_COLUMNS, rows)
        claim_tell(work, row, Verb.CLAIM_FILED, actor=actor, told=ground.subject.head.parties)
    return row.pk


def _ground(asked: DrawbackAsked, actor: Actor, at: datetime) -> Ground:
    subject = claimed_subject(actor, asked.import_declaration_id, at)
    imported = items_of(declaration_snapshot(subject.head.id))
    export, exported = None, {}
    if asked.export_declaration_id is not None:
        export = declaration_head_for(actor, asked.export_declaration_id)
        exported = items_of(declaration_snapshot(export.id))
    yields = None
    if asked.authorisation:
        sets = YieldSet.objects.filter(authorisation=asked.authorisation, holder_id=subject.payer_id)
        yields = sets.filter(valid_from__lte=country_day(at)).order_by("-version").first()
    return Ground(subject, imported, export, exported, yields, scheme_required(country_day(at)))


def items_of(snapshot: DeclarationSnapshot) -> dict[int, ItemQuantity]:
    """The quantity of each item: its supplementary quantity, else its net mass."""
    found = {}
    for item in snapshot.message.items:
        quantity, unit = item.net_mass_kg, MASS
        if item.supplementary_quantity is not None and item.supplementary_quantity.unit:
            quantity, unit = item.supplementary_quantity.quantity, item.supplementary_quantity.unit
        if quantity:
            found[item.number] = ItemQuantity(item.number, item.commodity_code or "", quantity, unit)
    return found


def _findings(asked: DrawbackAsked, ground: Ground) -> list[Violation]:
    found = [*_declared(asked, ground), *paid_findings(ground.subject)]
    accepted, export = ground.subject.head.accepted_at, ground.export
    if accepted is not None:
        left = export.released_at if export else None
        years = ground.scheme.drawback_years
        found += time_findings(country_day(accepted), country_day(left) if left else None, years)
    if not asked.text.strip() or len(asked.text) > TEXT_LENGTH:
        sentence = f"Say in 1 to {TEXT_LENGTH} characters what happened."
        found.append(Violation("RV-CLM-01", "/text", sentence, "Describe the facts."))
    for index, one in enumerate(asked.exits):
        imported, exported = ground.imported.get(one.import_item), ground.exported.get(one.export_item)
        per_output = _per_output(one, imported, exported, ground.yields)
        found += exit_findings(f"/exits/{index}", one, imported, exported, per_output)
    return found


def _declared(asked: DrawbackAsked, ground: Ground) -> list[Violation]:
    """RV-DRB-01: released goods of an import, and of an export of the same trader."""
    found = []
    head, export = ground.subject.head, ground.export
    if head.direction != "import" or head.released_at is None:
        sentence = "It is no import that was released."
        found.append(Violation("RV-DRB-01", "/import_declaration", sentence, value=head.legal_state.value))
    if not asked.exits:
        found.append(Violation("RV-DRB-03", "/exits", "Nothing left or was destroyed.", "Add a line."))
    proof_needed = any(one.basis is not DrawbackBasis.DESTROYED for one in asked.exits)
    if proof_needed and export is None:
        sentence = "Name the export declaration."
        found.append(Violation("RV-DRB-01", "/export_declaration", sentence, "Give its MRN."))
    if export is not None and (export.direction != "export" or export.released_at is None):
        sentence = "It is no export that was released."
        found.append(Violation("RV-DRB-01", "/export_declaration", sentence, value=export.legal_state.value))
    if export is not None and ground.subject.payer_id not in export.parties:
        sentence = "The goods were exported by another."
        found.append(Violation("RV-DRB-01", "/export_declaration", sentence))
    return found


def _per_output(
    asked: ExitAsked, imported: ItemQuantity | None, exported: ItemQuantity | None, yields: YieldSet | None
) -> Decimal | None:
    if asked.basis is not DrawbackBasis.MANUFACTURED:
        return Decimal(1)
    if imported is None or exported is None or yields is None:
        return None
    return yield_of(yields.rows, input_code=imported.commodity_code, output_code=exported.commodity_code)


def _linked(asked: ExitAsked, ground: Ground) -> Linked:
    imported = ground.imported[asked.import_item]
    exported = ground.exported.get(asked.export_item)
    per_output = _per_output(asked, imported, exported, ground.yields) or Decimal(1)
    used, rate = asked.quantity * per_output, ground.scheme.drawback_rate
    share = share_drawn(used, imported.quantity)
    taxes = tuple(
        (line, refund_minor(line.amount_minor, used=used, imported=imported.quantity, rate=rate))
        for line in ground.subject.lines
        if line.item == asked.import_item and line.kind in ground.scheme.drawback_taxes
    )
    return Linked(asked, imported, per_output, share, sum(minor for _, minor in taxes), taxes)


def _sums(linked: Sequence[Linked]) -> dict[TaxLine, tuple[int, int]]:
    """What comes back of each tax over all lines, and what was paid of it."""
    sums: defaultdict[TaxLine, int] = defaultdict(int)
    for one in linked:
        for line, minor in one.taxes:
            sums[line] += minor
    return {line: (minor, line.amount_minor) for line, minor in sums.items() if minor}


def _drawn(row: Claim, asked: DrawbackAsked, one: Linked, ground: Ground) -> DrawbackLine:
    destroyed = one.asked.basis is DrawbackBasis.DESTROYED
    return DrawbackLine(
        claim=row,
        basis=one.asked.basis.value,
        import_declaration_id=asked.import_declaration_id,
        import_item=one.asked.import_item,
        import_quantity=one.used,
        export_declaration_id=None if destroyed else asked.export_declaration_id,
        export_mrn="" if destroyed or ground.export is None else ground.export.mrn,
        export_item=None if destroyed else one.asked.export_item,
        export_quantity=one.asked.quantity,
        evidence=one.asked.evidence.strip()[:200],
        unit=one.imported.unit,
        per_output=one.per_output,
        share=one.share.quantize(SHARE_PLACES),
        amount_minor=one.amount_minor,
    )


def _quantities_hold(drawn: Sequence[DrawbackLine], ground: Ground) -> None:
    with unit_of_work() as work:
        wanted = {}
        for key, quantity in quantities_of(drawn).items():
            items = ground.imported if key[2] == Side.IMPORT.value else ground.exported
            wanted[key] = (quantity, items[key[1]].quantity, items[key[1]].unit)
        short = quantities_take(work, wanted)
    if short:
        raise RuleViolated(
            violations=[
                Violation(
                    "RV-DRB-04",
                    "/exits",
                    f"Item {item} of the {side} has not so much left: other claims use it.",
                    "Claim what is left, or less.",
                    str(wanted[declaration, item, side][0]),
                )
                for declaration, item, side in short
            ]
        )
