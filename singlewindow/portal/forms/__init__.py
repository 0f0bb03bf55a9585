"""The small pages of the guided form."""

from singlewindow.portal.forms.costs import CostsForm
from singlewindow.portal.forms.goods import ItemForm
from singlewindow.portal.forms.part import PartForm
from singlewindow.portal.forms.parties import PartiesForm
from singlewindow.portal.forms.transport import TransportForm
from singlewindow.portal.forms.what import WhatForm

__all__ = ["CostsForm", "ItemForm", "PartForm", "PartiesForm", "TransportForm", "WhatForm"]
