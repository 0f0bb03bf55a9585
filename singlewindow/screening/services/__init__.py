"""Acts of screening: load and propose lists, let them go live, say what a possible match is."""

from singlewindow.screening.services.decisions import match_decide
from singlewindow.screening.services.lists import Loaded, list_declined, list_go_live, lists_load

__all__ = ["Loaded", "list_declined", "list_go_live", "lists_load", "match_decide"]
