"""What the agencies do: check permits at lodgement, reserve them, hold goods, decide."""

from agencies.services.applications import (
    IssueLine,
    IssueOrder,
    application_apply,
    application_discard,
    application_document_link,
    application_draft,
    content_from,
    part_agree,
    part_answer,
    part_claim,
    part_issue,
    part_query,
    part_refuse,
    part_withdraw,
)
from agencies.services.arrivals import certificate_receive
from agencies.services.asking import agency_of, asker_of, documents_request
from agencies.services.changes import holds_renew, permits_change
from agencies.services.contingency import contingency_match, contingency_record, contingency_reject
from agencies.services.disclaimers import disclaimer_check
from agencies.services.entries import permit_write_off, write_off_reverse
from agencies.services.holds import (
    hold_decide,
    hold_open,
    hold_read,
    hold_settle,
    holds_lock,
    holds_open,
    holds_withdraw,
)
from agencies.services.ledger import permits_consume, permits_free, permits_lock
from agencies.services.loading import agencies_load
from agencies.services.lodgement import lodgement_check
from agencies.services.papers import permit_document_link
from agencies.services.permits import permit_expire, permit_issue, permit_step
from agencies.services.reservation import permits_reserve

__all__ = [
    "IssueLine",
    "IssueOrder",
    "agencies_load",
    "agency_of",
    "application_apply",
    "application_discard",
    "application_document_link",
    "application_draft",
    "asker_of",
    "certificate_receive",
    "content_from",
    "contingency_match",
    "contingency_record",
    "contingency_reject",
    "disclaimer_check",
    "documents_request",
    "hold_decide",
    "hold_open",
    "hold_read",
    "hold_settle",
    "holds_lock",
    "holds_open",
    "holds_renew",
    "holds_withdraw",
    "lodgement_check",
    "part_agree",
    "part_answer",
    "part_claim",
    "part_issue",
    "part_query",
    "part_refuse",
    "part_withdraw",
    "permit_document_link",
    "permit_expire",
    "permit_issue",
    "permit_step",
    "permit_write_off",
    "permits_change",
    "permits_consume",
    "permits_free",
    "permits_lock",
    "permits_reserve",
    "write_off_reverse",
]
