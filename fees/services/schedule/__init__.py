"""Acts of the public schedule: charges are drafted, commented on, answered for, and published by two people."""

from fees.services.schedule.comments import charge_comment_answer, charge_comment_make, charge_comments_end
from fees.services.schedule.drafts import (
    charge_draft_change,
    charge_draft_make,
    charge_draft_open,
    charge_draft_withdraw,
)
from fees.services.schedule.publishing import charge_goes_live, charge_propose, charge_publish

__all__ = [
    "charge_comment_answer",
    "charge_comment_make",
    "charge_comments_end",
    "charge_draft_change",
    "charge_draft_make",
    "charge_draft_open",
    "charge_draft_withdraw",
    "charge_goes_live",
    "charge_propose",
    "charge_publish",
]
