"""`{% load agencies %}`: what bodies of the border are called, for pages of every app."""

from django import template

from agencies.selectors import agency_info

register = template.Library()


@register.filter
def agency_name(code: str) -> str:
    """The name of a body by its code, the code where its data are not loaded: `{{ line.authority|agency_name }}`."""
    return agency_info(code).name if code else ""
