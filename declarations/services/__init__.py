"""Acts on declarations: draft, lodge, present the goods, and every step that follows."""

from declarations.services.batches import BatchReport, Refusal
from declarations.services.bulk import declarations_load, declarations_lodge_many
from declarations.services.checks import message_findings
from declarations.services.drafts import draft_copy, draft_discard, draft_save
from declarations.services.lodgement import declaration_lodge, declaration_lodge_in, duplicate_lrn_named
from declarations.services.presentation import goods_present, goods_present_in
from declarations.services.steps import (
    declaration_accept,
    declaration_clear,
    declaration_expire,
    declaration_invalidate,
    declaration_refuse,
    declaration_release,
    goods_control_begin,
)

__all__ = [
    "BatchReport",
    "Refusal",
    "declaration_accept",
    "declaration_clear",
    "declaration_expire",
    "declaration_invalidate",
    "declaration_lodge",
    "declaration_lodge_in",
    "declaration_refuse",
    "declaration_release",
    "declarations_load",
    "declarations_lodge_many",
    "draft_copy",
    "draft_discard",
    "draft_save",
    "duplicate_lrn_named",
    "goods_control_begin",
    "goods_present",
    "goods_present_in",
    "message_findings",
]
