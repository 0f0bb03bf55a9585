"""The notice of assessment on paper: an accessible PDF (PDF/UA-1, tagged) with a QR code to its public check.

Source: domain.md F49; FE-NOT-04.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import segno
import typst
from django.utils import translation
from django.utils.translation import gettext as _

from fees import formulas
from fees.wording import NOTES, word
from singlewindow.web.formats import day_text, instant_text, money_text, number_text

TEMPLATE = Path(__file__).parent / "templates" / "fees" / "paper" / "notice.typ"
PAPER_LANGUAGES = frozenset({"en", "fr"})
"""Languages that are set with the fonts at hand; another reader gets English."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on the paper beside the notice itself."""

    mrn: str
    version: int
    estimate: bool
    at: datetime
    authority: str
    check_url: str
    sha256: str


def notice_pdf(notice: Json, printed: Printed, *, language: str) -> bytes:
    """The PDF of a notice; the same notice in the same language gives the same bytes."""
    spoken = language if language in PAPER_LANGUAGES else "en"
    with translation.override(spoken):
        data = _data(notice, printed, spoken)
    made: bytes = typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"data": orjson.dumps(data).decode()},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(printed.at.timestamp()),
    )
    return made


def qr_svg(text: str) -> str:
    """A QR code as SVG, with the quiet zone that readers need."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False, nl=False)
    return out.getvalue().decode()


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _data(notice: Json, printed: Printed, language: str) -> Json:
    currency = notice["currency"]
    title = _("Estimate of duties and taxes") if printed.estimate else _("Notice of assessment")
    return {
        "title": title,
        "author": printed.authority,
        "authority": printed.authority,
        "lang": language,
        "footer": f"{title} {printed.mrn}, {printed.version}",
        "facts": _facts(notice, printed),
        "qr": qr_svg(printed.check_url),
        "qr_alt": _("QR code: check that this notice is genuine at %(url)s") % {"url": printed.check_url},
        "qr_text": _("Check that this notice is genuine: scan the code."),
        "lines_title": _("Duties, taxes and charges"),
        "columns": [_("What"), _("Taken of"), _("Rate"), _("To pay")],
        "lines": [*_tax_lines(notice), *_charge_lines(notice)],
        "total_label": _("Total to pay"),
        "total": money_text(notice["total"], currency),
        "remarks": _remarks(notice),
        "working_title": _("How this was worked out"),
        "candidates_title": _("Rates that were considered"),
        "items": [_item(item, currency) for item in notice["items"]],
        "snapshot_title": _("What it was worked out with"),
        "snapshot": _snapshot(notice),
        "sha256": printed.sha256,
    }


def _facts(notice: Json, printed: Printed) -> Sequence[Sequence[str]]:
    return [
        [_("Declaration"), printed.mrn],
        [_("Version of the notice"), str(printed.version)],
        [_("Made"), instant_text(printed.at)],
        [_("Day of assessment"), day_text(date.fromisoformat(notice["date"]))],
        [_("Customs value"), money_text(notice["customs_value"], notice["currency"])],
    ]


def _tax_lines(notice: Json) -> list[Json]:
    currency = notice["currency"]
    return [
        {
            "name": formulas.tax_name(line),
            "sub": f"{_('Item')} {item['number']}, {item['commodity_code']}. {line['law']}",
            "base": money_text(line["base"], currency),
            "rate": line["rate"],
            "amount": money_text(line["amount"], currency),
        }
        for item in notice["items"]
        for line in item["lines"]
    ]


def _charge_lines(notice: Json) -> list[Json]:
    currency = notice["currency"]
    return [
        {
            "name": charge["title"],
            "sub": f"{charge['authority']}. {charge['law']}",
            "base": money_text(charge["base"], currency) if "%" in charge["rate"] else "–",
            "rate": charge["rate"],
            "amount": money_text(charge["amount"], currency),
        }
        for charge in notice["charges"]
    ]


def _remarks(notice: Json) -> list[str]:
    remarks = [word(NOTES, note) for note in notice["notes"]]
    remarks += [
        _("%(title)s: published only on %(day)s, after the event, so it is not charged.")
        % {"title": charge["title"], "day": charge["published_on"]}
        for charge in notice["unbilled"]
    ]
    if notice.get("security", "0") != "0":
        text = _("To be secured until the tariff quota is settled: %(amount)s")
        remarks.append(text % {"amount": money_text(notice["security"], notice["currency"])})
    return remarks


def _item(item: Json, currency: str) -> Json:
    value = item["value"]
    method = formulas.method_words(value)
    bullets = [formulas.adjustment_words(one, currency) for one in value.get("adjustments", ())]
    bullets += [f"{formulas.tax_name(line)}: {formulas.line_formula(line, currency)}" for line in item["lines"]]
    bullets += [formulas.control_words(control) for control in item.get("controls", ())]
    named = _("Item %(number)s, %(code)s") % {"number": item["number"], "code": item["commodity_code"]}
    return {
        "title": named,
        "value": f"{_('Customs value')}{f' ({method})' if method else ''}: {formulas.value_formula(value, currency)}",
        "bullets": bullets,
        "candidates": [formulas.candidate_words(candidate, currency) for candidate in item["candidates"]],
    }


def _snapshot(notice: Json) -> list[str]:
    made_of = notice["snapshot"]
    rows = [f"{_('Tariff')}: {made_of['tariff']}", f"{_('Profile of the country')}: {made_of['profile']}"]
    rows += [f"{_('Exchange rate')}: {formulas.rate_words(rate)}" for rate in made_of["exchange_rates"]]
    rows += [formulas.quota_words(standing) for standing in made_of.get("quotas", ())]
    rows += [formulas.adjustment_words(one, notice["currency"]) for one in notice.get("adjustments", ())]
    rows.append(_("Items: %(count)s") % {"count": number_text(len(notice["items"]))})
    return rows
