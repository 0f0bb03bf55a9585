"""Every record type of TARIC3: its codes, its fields with their types, what names a record, and what it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_TABLE: Final = """
100 00 footnote.type: *footnote.type.id:c2 validity.start.date:d validity.end.date:d? application.code:i
100 05 footnote.type.description: *footnote.type.id:c2 *language.id:l description:t?
110 00 certificate.type: *certificate.type.code:c1 validity.start.date:d validity.end.date:d?
110 05 certificate.type.description: *certificate.type.code:c1 *language.id:l description:t?
120 00 additional.code.type: *additional.code.type.id:c1 application.code:c3 validity.start.date:d validity.end.date:d?
120 05 additional.code.type.description: *additional.code.type.id:c1 *language.id:l description:t?
130 00 language: *language.id:l validity.start.date:d validity.end.date:d?
130 05 language.description: *language.code.id:l *language.id:l description:t?
140 00 measure.type.series: *measure.type.series.id:c2 validity.start.date:d validity.end.date:d? measure.type.combination:i
140 05 measure.type.series.description: *measure.type.series.id:c2 *language.id:l description:t?
150 00 regulation.group: *regulation.group.id:c3 validity.start.date:d validity.end.date:d?
150 05 regulation.group.description: *regulation.group.id:c3 *language.id:l description:t?
200 00 footnote: *footnote.type.id:c2 *footnote.id:c5 validity.start.date:d validity.end.date:d?
200 05 footnote.description.period: *footnote.description.period.sid:i footnote.type.id:c2 footnote.id:c5 validity.start.date:d
200 10 footnote.description: *footnote.description.period.sid:i *language.id:l footnote.type.id:c2 footnote.id:c5 description:t?
205 00 certificate: *certificate.type.code:c1 *certificate.code:c3 validity.start.date:d validity.end.date:d?
205 05 certificate.description.period: *certificate.description.period.sid:i certificate.type.code:c1 certificate.code:c3 validity.start.date:d
205 10 certificate.description: *certificate.description.period.sid:i *language.id:l certificate.type.code:c1 certificate.code:c3 description:t?
210 00 measurement.unit: *measurement.unit.code:c3 validity.start.date:d validity.end.date:d?
210 05 measurement.unit.description: *measurement.unit.code:c3 *language.id:l description:t?
215 00 measurement.unit.qualifier: *measurement.unit.qualifier.code:c1 validity.start.date:d validity.end.date:d?
215 05 measurement.unit.qualifier.description: *measurement.unit.qualifier.code:c1 *language.id:l description:t?
220 00 measurement: *measurement.unit.code:c3 *measurement.unit.qualifier.code:c1 validity.start.date:d validity.end.date:d?
225 00 monetary.unit: *monetary.unit.code:c3 validity.start.date:d validity.end.date:d?
225 05 monetary.unit.description: *monetary.unit.code:c3 *language.id:l description:t?
230 00 duty.expression: *duty.expression.id:i validity.start.date:d validity.end.date:d? duty.amount.applicability.code:i measurement.unit.applicability.code:i monetary.unit.applicability.code:i
230 05 duty.expression.description: *duty.expression.id:i *language.id:l description:t?
235 00 measure.type: *measure.type.id:c6 validity.start.date:d validity.end.date:d? trade.movement.code:i priority.code:i measure.component.applicable.code:i origin.dest.code:i order.number.capture.code:i measure.explosion.level:i measure.type.series.id:c2
235 05 measure.type.description: *measure.type.id:c6 *language.id:l description:t?
240 00 additional.code.type.measure.type: *measure.type.id:c6 *additional.code.type.id:c1 validity.start.date:d validity.end.date:d?
245 00 additional.code: *additional.code.sid:i additional.code.type.id:c1 additional.code:c3 validity.start.date:d validity.end.date:d?
245 05 additional.code.description.period: *additional.code.description.period.sid:i additional.code.sid:i additional.code.type.id:c1 additional.code:c3 validity.start.date:d validity.end.date:d?
245 10 additional.code.description: *additional.code.description.period.sid:i *language.id:l additional.code.sid:i additional.code.type.id:c1 additional.code:c3 description:t?
245 15 footnote.association.additional.code: *additional.code.sid:i *footnote.type.id:c2 *footnote.id:c5 validity.start.date:d validity.end.date:d? additional.code.type.id:c1 additional.code:c3
250 00 geographical.area: *geographical.area.sid:i geographical.area.id:c4 validity.start.date:d validity.end.date:d? geographical.code:c1 parent.geographical.area.group.sid:i?
250 05 geographical.area.description.period: *geographical.area.description.period.sid:i validity.start.date:d geographical.area.sid:i geographical.area.id:c4
250 10 geographical.area.description: *geographical.area.description.period.sid:i *language.id:l geographical.area.sid:i geographical.area.id:c4 description:t?
250 15 geographical.membership: *geographical.area.sid:i *geographical.area.group.sid:i *validity.start.date:d validity.end.date:d?
260 00 goods.nomenclature.group: *goods.nomenclature.group.type:c1 *goods.nomenclature.group.id:c6 validity.start.date:d validity.end.date:d? nomenclature.group.facility.code:i?
260 05 goods.nomenclature.group.description: *goods.nomenclature.group.type:c1 *goods.nomenclature.group.id:c6 *language.id:l description:t?
285 00 base.regulation: *base.regulation.role:i *base.regulation.id:c8 published.date:d? officialjournal.number:t? officialjournal.page:i? validity.start.date:d validity.end.date:d? effective.end.date:d? community.code:i? regulation.group.id:c3? antidumping.regulation.role:i? related.antidumping.regulation.id:c8? complete.abrogation.regulation.role:i? complete.abrogation.regulation.id:c8? explicit.abrogation.regulation.role:i? explicit.abrogation.regulation.id:c8? replacement.indicator:i? stopped.flag:f? information.text:t? approved.flag:f?
290 00 modification.regulation: *modification.regulation.role:i *modification.regulation.id:c8 published.date:d? officialjournal.number:t? officialjournal.page:i? validity.start.date:d validity.end.date:d? effective.end.date:d? base.regulation.role:i base.regulation.id:c8 complete.abrogation.regulation.role:i? complete.abrogation.regulation.id:c8? explicit.abrogation.regulation.role:i? explicit.abrogation.regulation.id:c8? replacement.indicator:i? stopped.flag:f? information.text:t? approved.flag:f?
295 00 prorogation.regulation: *prorogation.regulation.role:i *prorogation.regulation.id:c8 published.date:d? officialjournal.number:t? officialjournal.page:i? replacement.indicator:i? information.text:t? approved.flag:f?
295 05 prorogation.regulation.action: *prorogation.regulation.role:i *prorogation.regulation.id:c8 *prorogated.regulation.role:i *prorogated.regulation.id:c8 prorogated.date:d
300 00 full.temporary.stop.regulation: *full.temporary.stop.regulation.role:i *full.temporary.stop.regulation.id:c8 published.date:d? officialjournal.number:t? officialjournal.page:i? validity.start.date:d validity.end.date:d? effective.enddate:d? complete.abrogation.regulation.role:i? complete.abrogation.regulation.id:c8? explicit.abrogation.regulation.role:i? explicit.abrogation.regulation.id:c8? replacement.indicator:i? information.text:t? approved.flag:f?
300 05 fts.regulation.action: *fts.regulation.role:i *fts.regulation.id:c8 *stopped.regulation.role:i *stopped.regulation.id:c8
305 00 regulation.replacement: *replacing.regulation.role:i *replacing.regulation.id:c8 *replaced.regulation.role:i *replaced.regulation.id:c8 measure.type.id:c6? geographical.area.id:c4? chapter.heading:c10?
350 00 measure.condition.code: *condition.code:c2 validity.start.date:d validity.end.date:d?
350 05 measure.condition.code.description: *condition.code:c2 *language.id:l description:t?
355 00 measure.action: *action.code:c3 validity.start.date:d validity.end.date:d?
355 05 measure.action.description: *action.code:c3 *language.id:l description:t?
360 00 quota.order.number: *quota.order.number.sid:i quota.order.number.id:c6 validity.start.date:d validity.end.date:d?
360 10 quota.order.number.origin: *quota.order.number.origin.sid:i quota.order.number.sid:i geographical.area.id:c4 validity.start.date:d validity.end.date:d? geographical.area.sid:i
360 15 quota.order.number.origin.exclusions: *quota.order.number.origin.sid:i *excluded.geographical.area.sid:i
370 00 quota.definition: *quota.definition.sid:i quota.order.number.id:c6 validity.start.date:d validity.end.date:d quota.order.number.sid:i volume:n initial.volume:n monetary.unit.code:c3? measurement.unit.code:c3? measurement.unit.qualifier.code:c1? maximum.precision:i critical.state:c1 critical.threshold:i description:t?
370 05 quota.association: *main.quota.definition.sid:i *sub.quota.definition.sid:i relation.type:c2 coefficient:n?
370 10 quota.blocking.period: *quota.blocking.period.sid:i quota.definition.sid:i blocking.start.date:d blocking.end.date:d blocking.period.type:i description:t?
370 15 quota.suspension.period: *quota.suspension.period.sid:i quota.definition.sid:i suspension.start.date:d suspension.end.date:d description:t?
375 00 quota.balance.event: *quota.definition.sid:i *occurrence.timestamp:t old.balance:n new.balance:n imported.amount:n last.import.date.in.allocation:d
375 05 quota.unblocking.event: *quota.definition.sid:i *occurrence.timestamp:t unblocking.date:d
375 10 quota.critical.event: *quota.definition.sid:i *occurrence.timestamp:t critical.state:c1 critical.state.change.date:d
375 15 quota.exhaustion.event: *quota.definition.sid:i *occurrence.timestamp:t exhaustion.date:d
375 20 quota.reopening.event: *quota.definition.sid:i *occurrence.timestamp:t reopening.date:d
375 25 quota.unsuspension.event: *quota.definition.sid:i *occurrence.timestamp:t unsuspension.date:d
375 30 quota.closed.and.transferred.event: *quota.definition.sid:i *occurrence.timestamp:t transfer.date:d quota.closed:c3 transferred.amount:n target.quota.definition.sid:i
400 00 goods.nomenclature: *goods.nomenclature.sid:i goods.nomenclature.item.id:g producline.suffix:c2 validity.start.date:d validity.end.date:d? statistical.indicator:i
400 05 goods.nomenclature.indents: *goods.nomenclature.indent.sid:i goods.nomenclature.sid:i validity.start.date:d number.indents:i goods.nomenclature.item.id:g productline.suffix:c2
400 10 goods.nomenclature.description.period: *goods.nomenclature.description.period.sid:i goods.nomenclature.sid:i validity.start.date:d goods.nomenclature.item.id:g productline.suffix:c2
400 15 goods.nomenclature.description: *goods.nomenclature.description.period.sid:i *language.id:l goods.nomenclature.sid:i goods.nomenclature.item.id:g productline.suffix:c2 description:t?
400 20 footnote.association.goods.nomenclature: *goods.nomenclature.sid:i *footnote.type:c2 *footnote.id:c5 validity.start.date:d validity.end.date:d? goods.nomenclature.item.id:g productline.suffix:c2
400 30 nomenclature.group.membership: *goods.nomenclature.sid:i *goods.nomenclature.group.type:c1 *goods.nomenclature.group.id:c6 validity.start.date:d validity.end.date:d? goods.nomenclature.item.id:g productline.suffix:c2
400 35 goods.nomenclature.origin: *goods.nomenclature.sid:i *derived.goods.nomenclature.item.id:g *derived.productline.suffix:c2 goods.nomenclature.item.id:g productline.suffix:c2
400 40 goods.nomenclature.successor: *goods.nomenclature.sid:i *absorbed.goods.nomenclature.item.id:g *absorbed.productline.suffix:c2 goods.nomenclature.item.id:g productline.suffix:c2
430 00 measure: *measure.sid:i measure.type:c6 geographical.area:c4 goods.nomenclature.item.id:g? additional.code.type:c1? additional.code:c3? ordernumber:c6? reduction.indicator:i? validity.start.date:d measure.generating.regulation.role:i measure.generating.regulation.id:c8 validity.end.date:d? justification.regulation.role:i? justification.regulation.id:c8? stopped.flag:f geographical.area.sid:i? goods.nomenclature.sid:i? additional.code.sid:i? export.refund.nomenclature.sid:i?
430 05 measure.component: *measure.sid:i *duty.expression.id:i duty.amount:n? monetary.unit.code:c3? measurement.unit.code:c3? measurement.unit.qualifier.code:c1?
430 10 measure.condition: *measure.condition.sid:i measure.sid:i condition.code:c2 component.sequence.number:i condition.duty.amount:n? condition.monetary.unit.code:c3? condition.measurement.unit.code:c3? condition.measurement.unit.qualifier.code:c1? action.code:c3? certificate.type.code:c1? certificate.code:c3?
430 11 measure.condition.component: *measure.condition.sid:i *duty.expression.id:i duty.amount:n? monetary.unit.code:c3? measurement.unit.code:c3? measurement.unit.qualifier.code:c1?
430 15 measure.excluded.geographical.area: *measure.sid:i *excluded.geographical.area:c4 geographical.area.sid:i?
430 20 footnote.association.measure: *measure.sid:i *footnote.type.id:c2 *footnote.id:c5
430 25 measure.partial.temporary.stop: *measure.sid:i *partial.temporary.stop.regulation.id:c8 validity.start.date:d validity.end.date:d? partial.temporary.stop.regulation.officialjournal.number:t? partial.temporary.stop.regulation.officialjournal.page:i? abrogation.regulation.id:c8? abrogation.regulation.officialjournal.number:t? abrogation.regulation.officialjournal.page:i?
440 00 monetary.exchange.period: *monetary.exchange.period.sid:i parent.monetary.unit.code:c3 validity.start.date:d validity.end.date:d?
440 05 monetary.exchange.rate: *monetary.exchange.period.sid:i *child.monetary.unit.code:c3 exchange.rate:n
"""  # noqa: E501  (one record type a line)

_BELONGS: Final = """
footnote.type.description footnote.type footnote.type.id
certificate.type.description certificate.type certificate.type.code
additional.code.type.description additional.code.type additional.code.type.id
measure.type.series.description measure.type.series measure.type.series.id
regulation.group.description regulation.group regulation.group.id
footnote.description footnote.description.period footnote.description.period.sid
footnote.description.period footnote footnote.type.id footnote.id
certificate.description certificate.description.period certificate.description.period.sid
certificate.description.period certificate certificate.type.code certificate.code
measure.type.description measure.type measure.type.id
additional.code.description additional.code.description.period additional.code.description.period.sid
additional.code.description.period additional.code additional.code.sid
footnote.association.additional.code footnote footnote.type.id footnote.id
geographical.area.description geographical.area.description.period geographical.area.description.period.sid
geographical.area.description.period geographical.area geographical.area.sid
geographical.membership geographical.area geographical.area.sid
goods.nomenclature.indents goods.nomenclature goods.nomenclature.sid
goods.nomenclature.description.period goods.nomenclature goods.nomenclature.sid
goods.nomenclature.description goods.nomenclature.description.period goods.nomenclature.description.period.sid
footnote.association.goods.nomenclature goods.nomenclature goods.nomenclature.sid
measure.component measure measure.sid
measure.condition measure measure.sid
measure.condition.component measure.condition measure.condition.sid
measure.excluded.geographical.area measure measure.sid
footnote.association.measure measure measure.sid
measure.partial.temporary.stop measure measure.sid
quota.definition quota.order.number quota.order.number.sid
quota.order.number.origin quota.order.number quota.order.number.sid
"""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record type."""

    name: str
    form: str
    """i a number, d a day, n a decimal, t a text, f a flag, l a language, g a code of ten digits, c a code."""
    longest: int
    required: bool


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type."""

    element: str
    code: str
    subcode: str
    fields: Mapping[str, Field]
    key: tuple[str, ...]
    """The fields that name a record of the type."""


def _read(line: str) -> RecordType:
    head, _, tail = line.partition(": ")
    code, subcode, element = head.split()
    fields: dict[str, Field] = {}
    key: list[str] = []
    for word in tail.split():
        name, _, form = word.removeprefix("*").partition(":")
        required, form = not form.endswith("?"), form.removesuffix("?")
        fields[name] = Field(name, form[0], int(form[1:] or 0), required)
        if word.startswith("*"):
            key.append(name)
    return RecordType(element, code, subcode, fields, tuple(key))


RECORD_TYPES: Final[Mapping[str, RecordType]] = {
    kind.element: kind for kind in map(_read, filter(None, _TABLE.splitlines()))
}
"""By the name of the element. An agency writes some codes otherwise, so the element says what a record is."""

BELONGS_TO: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    words[0]: (words[1], tuple(words[2:])) for words in map(str.split, filter(None, _BELONGS.splitlines()))
}
"""What a record cannot be without: the type of the other one, and the fields of this one that name it."""
