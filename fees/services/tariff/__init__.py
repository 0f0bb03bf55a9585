"""Acts of tariff data: the first load, changes by two people, and versions that rest on them."""

from fees.services.tariff.changes import (
    change_declined,
    change_discard,
    change_goes_live,
    change_propose,
    change_read,
)
from fees.services.tariff.envelopes import envelope_change_read
from fees.services.tariff.load import DATA, TariffLoaded, tariff_load
from fees.services.tariff.versions import charges_publish

__all__ = [
    "DATA",
    "TariffLoaded",
    "change_declined",
    "change_discard",
    "change_goes_live",
    "change_propose",
    "change_read",
    "charges_publish",
    "envelope_change_read",
    "tariff_load",
]
