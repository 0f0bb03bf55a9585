"""What agencies require, remembered by each process until a newer set is loaded."""

from datetime import date
from functools import lru_cache

from django.db import connection

from agencies.models import Agency, CertificateKind, Disclaimer, Requirement, RequirementSet
from agencies.rules import EMPTY_INDEX, RequirementIndex, index_of, requirements_of
from agencies.types import (
    CUSTOMS,
    REASONS,
    AgencyInfo,
    CertificateKindInfo,
    DisclaimerInfo,
    ItemRequirement,
    RequirementInfo,
)
from declarations.schemas import DeclarationMessage

DEFAULT_AGENCY = AgencyInfo(code=CUSTOMS, name="Customs", law="", sla_hours=24)


def requirement_index() -> RequirementIndex:
    """The requirements in force, remembered by this process until a newer set is loaded; one small query."""
    with connection.cursor() as cursor:  # asked for every declaration: the query builder would cost more than the query
        cursor.execute("SELECT coalesce(max(id), 0) FROM agencies_requirementset")
        (version,) = cursor.fetchone()
    return _index_read(version)


def requirement_index_of(version: int) -> RequirementIndex:
    """The requirements of the newest version, which the caller has just read; none where it is 0."""
    return _index_read(version)


@lru_cache(maxsize=2)
def _index_read(version: int) -> RequirementIndex:
    if not version:
        return EMPTY_INDEX
    agencies = [AgencyInfo(a.code, a.name, a.law, a.sla_hours) for a in Agency.objects.all()]
    newest = RequirementSet.objects.filter(pk=version).values_list("loaded_by", flat=True).first()
    return index_of(
        version,
        agencies,
        [_requirement_info(row) for row in Requirement.objects.order_by("key")],
        disclaimers=[_disclaimer_info(row) for row in Disclaimer.objects.all()],
        certificates=[_kind_info(row) for row in CertificateKind.objects.all()],
        loaded_by=newest or "",
    )


def _disclaimer_info(row: Disclaimer) -> DisclaimerInfo:
    return DisclaimerInfo(
        code=row.code,
        agency=row.agency_id,
        hs_prefixes=tuple(row.hs_prefixes),
        sentence=row.sentence,
        law=row.law,
        valid_days=row.valid_days,
        share_checked=row.share_checked,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _kind_info(row: CertificateKind) -> CertificateKindInfo:
    return CertificateKindInfo(
        code=row.code,
        agency=row.agency_id,
        type_code=row.type_code,
        name=row.name,
        countries=frozenset(row.countries),
        valid_days=row.valid_days,
    )


def _requirement_info(row: Requirement) -> RequirementInfo:
    return RequirementInfo(
        id=row.pk,
        agency=row.agency_id,
        hs_prefix=row.hs_prefix,
        direction=row.direction,
        countries=frozenset(row.countries),
        lpco_code=row.lpco_code,
        title=row.title,
        law=row.law,
        unit=row.unit,
        waivers=row.waivers,
        check=REASONS[row.check_reason] if row.check_reason else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        key=row.key,
        procedures=tuple(row.procedures),
        end_use=row.end_use,
        exempt_below=row.exempt_below,
        sla_hours=row.sla_hours,
        charge_code=row.charge_code,
        documents=tuple(row.documents),
        conditions=row.conditions,
        second_above=row.second_above,
    )


def requirements_for(message: DeclarationMessage, on: date) -> tuple[ItemRequirement, ...]:
    """What the agencies require of these goods on a day; one query whatever the number of items."""
    return requirements_of(message, requirement_index(), on)


def agency_info(code: str) -> AgencyInfo:
    """An agency by its code; with 24 hours to decide where its data are not loaded."""
    known = requirement_index().agencies.get(code)
    return known or AgencyInfo(code, code if code != CUSTOMS else DEFAULT_AGENCY.name, "", DEFAULT_AGENCY.sla_hours)
