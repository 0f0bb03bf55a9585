"""Loading of agencies, requirements and permits from files; a second loading of the same changes nothing."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from agencies.models import Agency, CertificateKind, Disclaimer, Permit, Requirement, RequirementSet
from agencies.services.permits import permit_expiry_await
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel.canonical import sha256_hex

DATA = Path(__file__).resolve().parent.parent / "data"

LAW = ("agencies", "requirements", "disclaimers", "certificates")
"""Files of what the law asks; their digest is the name of the set."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loading did."""

    agencies: int
    requirements: int
    permits: int
    permits_without_holder: int
    changed: bool
    """Whether the requirements differ from those in force before."""


def agencies_load(*, actor: Actor, folder: Path = DATA) -> Loaded:
    """Load agencies and requirements, and the permits whose holder the window knows.

    A requirement is ended by its last day, never taken out, because old declarations point to it. A permit that is
    there already is left as it is: its ledger and state are the agency's, not the file's.

    Idempotent: the same files change nothing.
    """
    texts = {name: (folder / f"{name}.csv").read_text(encoding="utf-8") for name in LAW}
    sha256 = sha256_hex("\n".join(texts.values()).encode())
    with unit_of_work() as work:
        newest = RequirementSet.objects.order_by("-pk").first()
        changed = newest is None or newest.sha256 != sha256
        agencies, requirements = _rows(texts["agencies"]), _rows(texts["requirements"])
        if changed:
            disclaimers = _rows(texts["disclaimers"])
            _load_agencies(agencies)
            _load_disclaimers(disclaimers)
            _load_requirements(requirements, {row["code"]: row["sentence"] for row in disclaimers})
            _load_certificates(_rows(texts["certificates"]))
            RequirementSet.objects.create(sha256=sha256, loaded_by=actor.label)
            event_record(
                work,
                actor=actor,
                verb=Verb.REFERENCE_LOADED,
                subject_type="requirement_set",
                subject_id=sha256,
                data={"agencies": len(agencies), "requirements": len(requirements)},
            )
        permits = _rows((folder / "permits.csv").read_text(encoding="utf-8"))
        made, without_holder = _load_permits(work, permits, actor)
    return Loaded(len(agencies), len(requirements), made, without_holder, changed)


def _rows(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text)))


def _load_agencies(rows: Iterable[Row]) -> None:
    for row in rows:
        Agency.objects.update_or_create(
            code=row["code"],
            defaults={"name": row["name"], "law": row["law"], "sla_hours": int(row["sla_hours"])},
        )


def _load_disclaimers(rows: Iterable[Row]) -> None:
    for row in rows:
        Disclaimer.objects.update_or_create(
            code=row["code"],
            defaults={
                "agency_id": row["agency"],
                "hs_prefixes": row["hs_prefixes"].split(),
                "sentence": row["sentence"],
                "law": row["law"],
                "valid_days": int(row["valid_days"]),
                "share_checked": Decimal(row["share_checked"]),
                "valid_from": date.fromisoformat(row["valid_from"]),
                "valid_to": _day(row["valid_to"]),
            },
        )


def _load_certificates(rows: Iterable[Row]) -> None:
    for row in rows:
        CertificateKind.objects.update_or_create(
            code=row["code"],
            defaults={
                "agency_id": row["agency"],
                "type_code": row["type_code"],
                "name": row["name"],
                "countries": row["countries"].split(),
                "valid_days": int(row["valid_days"]),
            },
        )


def _load_requirements(rows: Iterable[Row], sentences: Mapping[str, str]) -> None:
    for row in rows:
        Requirement.objects.update_or_create(
            key=row["key"],
            defaults={
                "agency_id": row["agency"],
                "hs_prefix": row["hs_prefix"],
                "direction": row["direction"],
                "countries": row["countries"].split(),
                "lpco_code": row["lpco_code"],
                "title": row["title"],
                "law": row["law"],
                "unit": row["unit"],
                "waivers": {code: sentences[code] for code in row["disclaimers"].split()},
                "check_reason": row["check_reason"],
                "procedures": row["procedures"].split(),
                "end_use": row["end_use"],
                "exempt_below": _number(row["exempt_below"]),
                "sla_hours": int(row["sla_hours"]) if row["sla_hours"] else None,
                "charge_code": row["charge_code"],
                "documents": row["documents"].split(),
                "conditions": row["conditions"],
                "second_above": _number(row["second_above"]),
                "valid_from": date.fromisoformat(row["valid_from"]),
                "valid_to": _day(row["valid_to"]),
            },
        )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _load_permits(work: Work, rows: Iterable[Row], actor: Actor) -> tuple[int, int]:
    made = without_holder = 0
    for row in rows:
        holder = organisation_by_identifier(row["holder"])
        if holder is None:
            without_holder += 1
            continue
        permit, created = Permit.objects.get_or_create(
            code=row["code"],
            number=row["number"],
            defaults={
                "agency_id": row["agency"],
                "holder": holder,
                "hs_prefix": row["hs_prefix"],
                "origin": row["origin"],
                "direction": row["direction"],
                "quantity": Decimal(row["quantity"]),
                "unit": row["unit"],
                "tolerance": Decimal(row["tolerance"]),
                "valid_from": date.fromisoformat(row["valid_from"]),
                "valid_to": date.fromisoformat(row["valid_to"]),
            },
        )
        made += created
        if created:
            permit_expiry_await(work, permit, actor=actor)
    return made, without_holder
