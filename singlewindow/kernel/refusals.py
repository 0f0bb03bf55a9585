"""How a body that cannot be read is refused: one code, for people and for programs that read lists."""

from typing import NoReturn

from singlewindow.kernel.errors import FormatRefused, Violation


def refuse_format(code: str, detail: str, remedy: str = "") -> NoReturn:
    """Raise the refusal of a whole body; its one violation bears the code under `format.`."""
    raise FormatRefused(detail, code=code, violations=(Violation(f"format.{code}", "", detail, remedy),))
