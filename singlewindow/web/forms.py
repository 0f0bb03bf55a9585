"""How Django forms are drawn here: one template for every field, so that all forms look and speak the same."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from singlewindow.web.types import PageError


class CswFormRenderer(DjangoTemplates):
    """Draws forms and fields with the window's own templates; named in `FORM_RENDERER`."""

    form_template_name = "web/forms/form.html"
    formset_template_name = "web/forms/formset.html"
    field_template_name = "web/forms/field.html"


class SignInForm(AuthenticationForm):
    """Asks for the name and the password, in a way that password stores understand."""

    error_messages = {
        "invalid_login": _("The user name and the password do not match. Check both; capital letters count."),
        "inactive": _("This user is not active. Ask your organisation's administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})
        self.fields["password"].label = _("Password")


def form_errors(form: forms.BaseForm) -> Iterator[PageError]:
    """List a form's errors in the order of its fields, each with the place to mend it."""
    for message in form.non_field_errors():
        yield PageError(str(message))
    for field in form:
        for error in field.errors.as_data():
            message = str(error.messages[0])
            if _is_stock(field.field, error.code, message):
                message = f"{field.label}: {message}"
            yield PageError(message, href=f"#{field.auto_id if field.use_fieldset else field.id_for_label}")


def _is_stock(field: forms.Field, code: str | None, message: str) -> bool:
    """Whether the sentence is the framework's own ("This field is required."), which does not name its field."""
    stock = (getattr(kind, "default_error_messages", {}).get(code) for kind in type(field).__mro__)
    return any(message == str(sentence) for sentence in stock if sentence)


def page_errors(source: Any) -> list[PageError]:
    """Gather errors from a form, a formset, or a list of `PageError` or violations."""
    if source is None:
        return []
    if isinstance(source, forms.BaseForm):
        return list(form_errors(source))
    if isinstance(source, forms.BaseFormSet):
        whole = [PageError(str(message)) for message in source.non_form_errors()]
        return whole + [error for form in source.forms for error in form_errors(form)]
    if isinstance(source, Iterable):
        return [_page_error(item) for item in source]
    return []


def _page_error(item: Any) -> PageError:
    if isinstance(item, PageError):
        return item
    return PageError(
        message=str(getattr(item, "message", item)),
        href=str(getattr(item, "href", "")),
        rule=str(getattr(item, "rule", "")),
        remedy=str(getattr(item, "remedy", "")),
    )
