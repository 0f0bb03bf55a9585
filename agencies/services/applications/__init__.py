"""Applications for permits: one dataset of a trader, reviewed by each agency for itself (F40)."""

from agencies.services.applications.applying import application_apply, part_answer, part_withdraw
from agencies.services.applications.clock import part_clock_told, part_fee_paid, part_query_lapse
from agencies.services.applications.drafting import (
    application_discard,
    application_document_link,
    application_draft,
    content_from,
)
from agencies.services.applications.issuing import (
    IssueLine,
    IssueOrder,
    issue_declined,
    issue_takes_effect,
    part_agree,
    part_issue,
)
from agencies.services.applications.review import part_claim, part_query, part_refuse

__all__ = [
    "IssueLine",
    "IssueOrder",
    "application_apply",
    "application_discard",
    "application_document_link",
    "application_draft",
    "content_from",
    "issue_declined",
    "issue_takes_effect",
    "part_agree",
    "part_answer",
    "part_claim",
    "part_clock_told",
    "part_fee_paid",
    "part_issue",
    "part_query",
    "part_query_lapse",
    "part_refuse",
    "part_withdraw",
]
