"""What the agencies do: check permits at lodgement, reserve them, hold goods, decide."""

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
    "agencies_load",
    "agency_of",
    "asker_of",
    "contingency_match",
    "contingency_record",
    "contingency_reject",
    "disclaimer_check",
    "documents_request",
    "hold_decide",
    "hold_open",
    "hold_read",
    "hold_settle",
    "holds_open",
    "holds_renew",
    "holds_withdraw",
    "lodgement_check",
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
