"""Fields of forms that read what is typed as it stands."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
"""What Python would also take for a number, such as 1e3, 1_000, NaN or digits of another script, is none here."""


class PlainDecimalField(forms.DecimalField):
    """An amount or a quantity: digits of ASCII with at most one point, never guessed at (L12)."""

    def to_python(self, value: Any) -> Any:
        """The number. Raises ValidationError where the text is none."""
        if isinstance(value, str) and value.strip() and not PLAIN.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)
