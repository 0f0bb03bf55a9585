"""One written form of references and parties, so that two people who write the same thing mean the same thing."""

import re
import unicodedata
from collections.abc import Iterable

from singlewindow.cargo.schemas import CargoParty

_NOT_IN_REFERENCE = re.compile(r"[^A-Z0-9]")


def reference_key(reference: str) -> str:
    """A reference without space, sign or case: "maeu 123-4" and "MAEU1234" are one bill."""
    plain = unicodedata.normalize("NFKC", reference).upper()
    return _NOT_IN_REFERENCE.sub("", plain)[:35] or plain.strip()[:35]


def name_key(name: str) -> str:
    """A name without space, sign, accent or case."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())[:70]


def party_keys(identifiers: Iterable[str | None], names: Iterable[str | None] = ()) -> tuple[str, ...]:
    """Who the parties of a declaration are: by identifier, and by names that the window itself knows."""
    found = [f"id:{identifier}" for identifier in identifiers if identifier]
    found += [f"name:{name_key(name)}" for name in names if name and name_key(name)]
    return tuple(dict.fromkeys(found))


def bill_keys(*parties: CargoParty | None) -> list[str]:
    """Whom a bill is for: by identifier where it gives one, by name only where it gives none."""
    keys = [
        f"id:{party.id}" if party.id else f"name:{name_key(party.name or '')}"
        for party in parties
        if party is not None and (party.id or name_key(party.name or ""))
    ]
    return list(dict.fromkeys(keys))
