"""A message names a guarantee: checked when it is lodged, the proof kept and the code forgotten."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from declarations.schemas import DeclarationMessage
from declarations.selectors import declaration_id_of_lrn
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.models import Citation, Entry
from singlewindow.guarantees.rules.citations import Cited, cited_in, citing_of
from singlewindow.guarantees.rules.drawing import drawing_findings, refusal
from singlewindow.guarantees.selectors.guarantees import guarantee_of_grn
from singlewindow.guarantees.services.codes import asker_of, code_proof
from singlewindow.guarantees.types import SINGLE_USE, Citing, GuaranteeView
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.reference.selectors import profile

CITATION_COLUMNS = ("guarantee_id", "subject_id", "proof", "at", "actor")
CODE_RULES = frozenset({"GU-G03"})


def check_needed(messages: Sequence[DeclarationMessage]) -> Collection[int]:
    """The places of those messages that name a guarantee."""
    return [place for place, message in enumerate(messages) if message.guarantees]


def lodgement_check(message: DeclarationMessage, actor: Actor) -> Iterator[Violation]:
    """What stands against the guarantees of this country that a message names.

    A guarantee of somebody who gave the sender no mandate is "unknown", in the same words as one that is not there.
    Who does not file, such as an officer who corrects, is asked for no code.

    Source: docs/rules/guarantees.md, GU-CIT-01 and GU-G01 to GU-G13.
    """
    if not message.guarantees or actor.kind is ActorKind.SYSTEM or not actor.may(Permission.LODGE_DECLARATION):
        return
    at = clock.now()
    for cited in cited_in(message, profile(at.date()).country_code):
        guarantee = _seen(cited.grn, actor)
        if guarantee is None:
            yield refusal("GU-G01", cited.pointer(), value=cited.grn)
            continue
        yield from _findings(message, cited, guarantee, actor, at)


def _findings(
    message: DeclarationMessage, cited: Cited, guarantee: GuaranteeView, actor: Actor, at: datetime
) -> Iterator[Violation]:
    own = _own_declaration(message, actor)
    holder_ids = {guarantee.holder_id} if guarantee.holder_identifier in _parties(message, actor) else set()
    citing = citing_of(message, cited, Citing(frozenset(holder_ids), at.date(), 0, guarantee.currency))
    right = bool(_proof(cited, guarantee, actor, at)) or (cited.access_code is None and _proved(guarantee, own))
    used = guarantee.type in SINGLE_USE and _used(guarantee.id, own)
    for found in drawing_findings(guarantee, citing, code_right=right, used_by_another=used):
        pointer = cited.pointer("access_code" if found.rule in CODE_RULES else "")
        yield Violation(found.rule, pointer, found.message, found.remedy, found.value)


def _seen(grn: str, actor: Actor) -> GuaranteeView | None:
    """A guarantee whose holder the actor may file for; nothing where there is none such."""
    guarantee = guarantee_of_grn(grn)
    if guarantee is None or guarantee.holder_id == actor.organisation_id:
        return guarantee
    return guarantee if organisations_actor_may_file_for(actor).filter(pk=guarantee.holder_id).exists() else None


def _parties(message: DeclarationMessage, actor: Actor) -> set[str]:
    named = (message.declarant, message.importer, message.exporter)
    return {actor.organisation_identifier, *(party.id for party in named if party and party.id)}


def _proof(cited: Cited, guarantee: GuaranteeView, actor: Actor, at: datetime) -> str:
    """What proves that the actor may cite it: a code, or that it is the holder itself and gave none."""
    if cited.access_code is None:
        return "holder" if guarantee.holder_id == actor.organisation_id else ""
    return code_proof(guarantee.id, cited.access_code, asker=asker_of(actor), at=at)


def _own_declaration(message: DeclarationMessage, actor: Actor) -> UUID | None:
    """The declaration that the message amends: the same reference number of the same filer."""
    return declaration_id_of_lrn(actor.organisation_id, message.lrn) if actor.organisation_id else None


def _proved(guarantee: GuaranteeView, declaration_id: UUID | None) -> bool:
    """Whether a declaration proved before that it may cite it: what is given back to amend bears no code."""
    return (
        declaration_id is not None
        and Citation.objects.filter(guarantee_id=guarantee.id, subject_id=declaration_id).exists()
    )


def _used(guarantee_id: UUID, declaration_id: UUID | None) -> bool:
    others = Entry.objects.filter(guarantee_id=guarantee_id)
    if declaration_id is not None:
        others = others.exclude(subject_id=declaration_id)
    return others.exclude(subject_id__in=others.filter(undone=True).values("subject_id")).exists()


def citations_keep(work: Work, declaration_id: UUID, message: DeclarationMessage, actor: Actor, at: datetime) -> None:
    """Keep that a declaration proved that it may draw on the guarantees it names; the codes themselves are not kept.

    Idempotent: once a declaration and guarantee.

    Source: GU-CIT-02.
    """
    for cited in cited_in(message, profile(at.date()).country_code):
        guarantee = _seen(cited.grn, actor)
        proof = _proof(cited, guarantee, actor, at) if guarantee else ""
        if guarantee is None or not proof or _proved(guarantee, declaration_id):
            continue
        citation_write(work, guarantee, declaration_id, proof, actor=actor, at=at)


def citation_prove(
    work: Work, *, grn: str, access_code: str | None, subject_id: UUID, actor: Actor, at: datetime
) -> None:
    """Prove beside a message that a declaration may draw on a guarantee.

    Idempotent: once a declaration and guarantee; the code is asked for every time.

    Source: GU-CIT-02.

    Raises:
        RuleViolated: GU-G01, it is unknown to the actor; GU-G03, the code is wrong or missing.
    """
    guarantee = _seen(grn, actor)
    if guarantee is None:
        raise RuleViolated(violations=[refusal("GU-G01", "/grn", value=grn[:24])])
    proof = _proof(Cited(0, grn, "id", access_code or None), guarantee, actor, at)
    if not proof:
        raise RuleViolated(violations=[refusal("GU-G03", "/access_code")])
    if not _proved(guarantee, subject_id):
        citation_write(work, guarantee, subject_id, proof, actor=actor, at=at)


def citation_write(
    work: Work, guarantee: GuaranteeView, declaration_id: UUID, proof: str, *, actor: Actor, at: datetime
) -> None:
    """Write that a declaration may draw on a guarantee, and how that was proved."""
    work.insert(Citation, CITATION_COLUMNS, [(guarantee.id, declaration_id, proof, at, actor.label)])
    event_record(
        work,
        actor=actor,
        verb=Verb.GUARANTEE_CITED,
        subject_type="guarantee",
        subject_id=str(guarantee.id),
        data={"grn": guarantee.grn, "declaration": str(declaration_id), "proof": proof},
        at=at,
    )
