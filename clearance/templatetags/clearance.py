"""Words that the pages of the desk look up."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def entry(names: Mapping[str, str], label: str) -> str:
    """The name behind an actor's label; the label itself where nobody has that name any more."""
    return names.get(label, label)
