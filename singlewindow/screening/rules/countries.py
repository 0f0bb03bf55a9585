"""Countries as lists write them, by their codes.

Source: Unicode CLDR (names in English), and the usual other names of the lists.
"""

from functools import cache
from typing import Final

from babel import Locale

OTHER_NAMES: Final = {
    "burma": "MM",
    "congo, democratic republic of the": "CD",
    "democratic republic of the congo": "CD",
    "congo, republic of the": "CG",
    "korea, north": "KP",
    "korea, south": "KR",
    "democratic people's republic of korea": "KP",
    "republic of korea": "KR",
    "russian federation": "RU",
    "syrian arab republic": "SY",
    "iran (islamic republic of)": "IR",
    "islamic republic of iran": "IR",
    "palestinian": "PS",
    "region: gaza": "PS",
    "west bank": "PS",
    "state of palestine": "PS",
    "cote d ivoire": "CI",
    "cote d'ivoire": "CI",
    "macedonia, the former yugoslav republic of": "MK",
    "united republic of tanzania": "TZ",
    "viet nam": "VN",
    "lao people's democratic republic": "LA",
    "turkey": "TR",
    "hong kong": "HK",
    "macau": "MO",
    "swaziland": "SZ",
    "czech republic": "CZ",
    "region: crimea": "UA",
    "bahamas, the": "BS",
    "gambia, the": "GM",
    "united kingdom of great britain and northern ireland": "GB",
    "united states of america": "US",
    "republic of moldova": "MD",
    "bolivia (plurinational state of)": "BO",
    "venezuela (bolivarian republic of)": "VE",
}


@cache
def _names() -> dict[str, str]:
    english = Locale("en").territories
    known = {name.casefold(): code for code, name in english.items() if len(code) == 2 and code.isalpha()}
    return known | OTHER_NAMES


def country_code(text: str) -> str:
    """The code of a country that a list names; empty where it is not known."""
    plain = text.strip()
    if len(plain) == 2 and plain.isascii() and plain.isalpha():
        return plain.upper()
    return _names().get(plain.casefold(), "")
