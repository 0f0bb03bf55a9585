"""What every small page is: fields read out of the draft and written back into it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from singlewindow.accounts.types import Actor

Content = dict[str, Any]
"""A draft in canonical names, any part missing; what is half typed stands under `form`."""

DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)


def hint(text: Any, term: str = "") -> Any:
    """Help in plain words, and in small print what the WCO Data Model calls it."""
    if not term:
        return text
    return (
        format_lazy("{} {}", text, format_html('<span class="term" lang="en">{}</span>', term))
        if text
        else (format_html('<span class="term" lang="en">{}</span>', term))
    )


class LineField(forms.CharField):
    """Text on one line, with single spaces."""

    def to_python(self, value: Any) -> str:
        """The text with every run of space as one."""
        return " ".join(str(super().to_python(value) or "").split())


class CodeField(LineField):
    """A number or code: capital letters, no space."""

    def to_python(self, value: Any) -> str:
        """The code as registers write it."""
        return super().to_python(value).replace(" ", "").upper()


class AmountField(forms.CharField):
    """A number typed as digits with at most one point, kept as it is typed; nothing is guessed."""

    def __init__(self, *, above_zero: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 22)
        super().__init__(**kwargs)
        self.above_zero = above_zero
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        """The number as the canonical form writes it.

        Raises:
            ValidationError: it is none.
        """
        text = str(super().clean(value) or "").replace("\u00a0", "").replace(" ", "")
        if not text:
            return ""
        if not DECIMAL.fullmatch(text):
            raise forms.ValidationError(_("Type digits with a point, for example 1250.50."), code="number")
        if self.above_zero and not Decimal(text):
            raise forms.ValidationError(_("This must be more than zero."), code="zero")
        return text


class PartForm(forms.Form):
    """One page of the guided form. `read` and `write` are its whole contract with the draft."""

    slug: ClassVar[str]
    pointers: ClassVar[Mapping[str, str]] = {}
    """Beginning of a JSON pointer to the field that answers for it; the longest one wins."""
    owns: ClassVar[tuple[str, ...]] = ()
    """Fields that show, when filled, that the page was begun."""

    def __init__(self, content: Content, actor: Actor, *args: Any, **kwargs: Any) -> None:
        self.content, self.actor = content, actor
        super().__init__(*args, **kwargs)
        self.prepare()
        for name, field in self.fields.items():
            if field.required:
                asked = gettext("Give an answer: %(question)s") % {"question": field.label or name}
                field.error_messages["required"] = str(self.missing.get(name, asked))

    missing: ClassVar[Mapping[str, str | Promise]] = {}
    """What to say where a required field was left empty."""

    def prepare(self) -> None:
        """Fit choices and labels to the draft."""

    @classmethod
    def read(cls, content: Content) -> dict[str, Any]:
        """The values of the fields, out of the draft."""
        raise NotImplementedError

    def write(self) -> Content:
        """The draft with the cleaned values in it; what this page does not show stays."""
        raise NotImplementedError

    @property
    def direction(self) -> str:
        """Import or export."""
        return "export" if str(self.content.get("type_code", "")).startswith("EX") else "import"

    def offer(self, name: str, choices: Any) -> None:
        """Set the choices of a field."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @classmethod
    def field_of(cls, pointer: str) -> str:
        """The field that answers for a pointer, empty where none does."""
        fitting = [at for at in cls.pointers if pointer == at or pointer.startswith(at + "/")]
        return cls.pointers[max(fitting, key=len)] if fitting else ""


def put(target: Content, name: str, value: Any) -> None:
    """Set a value, or take it away where it is empty."""
    if value in ("", None, [], {}):
        target.pop(name, None)
    else:
        target[name] = value


def part(content: Content, name: str) -> Content:
    """A part of the draft, copied; empty where there is none."""
    found = content.get(name)
    return dict(found) if isinstance(found, dict) else {}


def text(content: Content, *path: str) -> str:
    """A text out of nested parts."""
    value: Any = content
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else str(value)


def money(amount: str, currency: str) -> Content:
    """An amount with its currency; empty where there is none."""
    return {"amount": amount, "currency": currency} if amount else {}
