"""A statement on paper: an accessible PDF (PDF/UA-1, tagged)."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst
from django.utils import translation
from django.utils.translation import gettext as _

from singlewindow.kernel.money import from_minor
from singlewindow.revenue.selectors.statements import StatementView
from singlewindow.web.formats import day_text, instant_text, money_text

TEMPLATE = Path(__file__).parent / "templates" / "revenue" / "paper" / "statement.typ"
PAPER_LANGUAGES = frozenset({"en", "fr"})
"""Languages that are set with the fonts at hand; another reader gets English."""


def statement_pdf(view: StatementView, *, authority: str, at: datetime, language: str) -> bytes:
    """The PDF of a statement; the same statement at the same instant in the same language gives the same bytes."""
    spoken = language if language in PAPER_LANGUAGES else "en"
    with translation.override(spoken):
        data = _data(view, authority, at, spoken)
    made: bytes = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"data": orjson.dumps(data).decode()},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )
    return made


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _data(view: StatementView, authority: str, at: datetime, language: str) -> dict[str, Any]:
    def money(minor: int) -> str:
        return money_text(from_minor(minor, view.currency), view.currency)

    month = f"{view.month:%Y-%m}"
    title = _("Statement of deferred payment")
    return {
        "title": f"{title} {month}",
        "author": authority,
        "authority": authority,
        "lang": language,
        "footer": f"{title} {view.deferment.number} {month}",
        "facts": [
            [_("Holder"), f"{view.deferment.holder_name} ({view.deferment.holder_identifier})"],
            [_("Deferment"), view.deferment.number],
            [_("To be paid by"), day_text(view.due_on)],
            [_("Printed"), instant_text(at)],
        ],
        "taxes_title": _("By authority and tax"),
        "taxes_columns": [_("Authority"), _("Tax"), _("Declarations"), _("Amount")],
        "taxes": [
            [one.authority, one.tax_type, str(len(one.declarations)), money(one.amount_minor)] for one in view.totals
        ],
        "debts_title": _("By declaration"),
        "debts_columns": [_("Declaration"), _("Deferred"), _("Amount")],
        "debts": [[debt.mrn, instant_text(debt.at), money(debt.amount_minor)] for debt in view.debts],
        "total_label": _("Total to pay"),
        "total": money(view.total_minor),
    }
