"""The guarantee reference number and its check character.

Source: domain.md K5. Year, country, twelve characters and a check character: 17 in all, the check of the first sixteen
by the weights of the MRN. A voucher (type 4) has a letter and six digits more.
"""

import re

from singlewindow.kernel.mrn import check_character

GRN_LENGTH = 17
_BODY = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{12}", re.ASCII)
GRN_FORM = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{12}[0-9](?:[A-Z][0-9]{6})?", re.ASCII)
VOUCHER_FORM = re.compile(r"[A-Z][0-9]{6}", re.ASCII)


def grn_compose(*, year: int, country: str, series: str, voucher: str = "") -> str:
    """A GRN of 17 characters, or of 24 for a voucher, from its parts.

    Args:
        year: in which the guarantee was taken, four digits.
        country: ISO alpha-2.
        series: the national 12 characters, capital letters and digits.
        voucher: a letter and six digits; empty for all but vouchers.

    Raises:
        ValueError: the parts do not make a GRN.
    """
    body = f"{year % 100:02d}{country}{series}"
    if not _BODY.fullmatch(body) or (voucher and not VOUCHER_FORM.fullmatch(voucher)):
        raise ValueError(f"{body!r} {voucher!r} are not the parts of a GRN")
    return body + check_character(body) + voucher


def grn_is_valid(grn: str) -> bool:
    """Whether the text has the form of a GRN and its check character is right."""
    return bool(GRN_FORM.fullmatch(grn)) and check_character(grn[:16]) == grn[16]


def grn_is_voucher(grn: str) -> bool:
    """Whether a GRN is one of a voucher: 24 characters."""
    return len(grn) > GRN_LENGTH
