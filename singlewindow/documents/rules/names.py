"""What a file is called: only for people to read, never part of an address or a path.

Source: docs/rules/documents.md, DOC-NAM-01 (reliability.md U4).
"""

import re
import unicodedata

from singlewindow.kernel.errors import RuleViolated, Violation

LENGTH_MAX = 255
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))})
"""Names that some systems take for a device, whatever follows the first dot."""
UNSAFE = re.compile(r'[<>:"|?*]')


def display_name(raw: str) -> str:
    """The last part of a path, without anything that only deceives: device names, marks of direction, odd spaces.

    Raises:
        RuleViolated: DOC-NAM-01, it holds a control character, is longer than 255 characters, or nothing is left.
    """
    if any(unicodedata.category(character) == "Cc" for character in raw):
        raise _refused("The name holds a control character.", raw)
    if len(raw) > LENGTH_MAX:
        raise _refused(f"The name is longer than {LENGTH_MAX} characters.", raw)
    visible = "".join(character for character in raw if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"})
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", visible))[-1]
    name = " ".join(UNSAFE.sub("_", last).split()).strip(". ")
    if not name:
        raise _refused("The file has no name.", raw)
    return f"_{name}" if name.split(".")[0].strip().lower() in DEVICES else name


def _refused(message: str, raw: str) -> RuleViolated:
    value = "".join(character for character in raw[:60] if character.isprintable())
    remedy = "Give the file a short name such as invoice-0815.pdf and send it again."
    found = Violation("DOC-NAM-01", "/name", message, remedy, value)
    return RuleViolated(message, violations=[found], code="file.name")
