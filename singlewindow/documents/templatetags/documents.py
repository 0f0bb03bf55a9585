"""The field that sends files: with a script in chunks that resume, without one with the form itself."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from singlewindow.documents.types import EXTENSIONS, MEBIBYTE, OF_EXTENSION, Purpose

register = template.Library()


@register.filter
def entry(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The entry of a mapping, or nothing."""
    return mapping.get(key, "")


BULK_EXTENSIONS = ("csv", "xlsx")


@register.inclusion_tag("documents/partials/upload_field.html")
def upload_field(
    name: str = "file",
    label: str = "",
    hint: str = "",
    *,
    purpose: str = Purpose.DOCUMENT.value,
    multiple: bool = False,
    required: bool = True,
    error: str = "",
    kept: Any = (),
    endpoint: str = "/uploads",
) -> dict[str, Any]:
    """Draw a field that takes files; the page also includes `documents/partials/upload_scripts.html`.

    Args:
        kept: uploads that came with a form which is shown again, so that nothing is sent twice.
    """
    wanted = Purpose(purpose)
    extensions = EXTENSIONS if wanted is Purpose.DOCUMENT else BULK_EXTENSIONS
    return {
        "name": name,
        "label": label or _("File"),
        "hint": hint,
        "purpose": wanted.value,
        "multiple": multiple,
        "required": required,
        "error": error,
        "kept": kept,
        "endpoint": endpoint,
        "max_bytes": wanted.max_bytes,
        "max_megabytes": wanted.max_bytes // MEBIBYTE,
        "accept": ",".join(f".{extension}" for extension in extensions),
        "kinds": ", ".join(dict.fromkeys(OF_EXTENSION.get(one, one).upper() for one in extensions)),
    }
