"""Acts of guarantees: draw, free, take, give back."""

from singlewindow.guarantees.services.citing import citation_prove
from singlewindow.guarantees.services.drawing import (
    guarantee_convert,
    guarantee_free,
    guarantee_free_on,
    guarantee_refusals,
    guarantee_replenish,
    guarantee_reserve,
    guarantee_restore,
    guarantees_draw,
    guarantees_lock,
)
from singlewindow.guarantees.services.registering import guarantee_grant, guarantee_propose, guarantee_register

__all__ = [
    "citation_prove",
    "guarantee_convert",
    "guarantee_free",
    "guarantee_free_on",
    "guarantee_grant",
    "guarantee_propose",
    "guarantee_refusals",
    "guarantee_register",
    "guarantee_replenish",
    "guarantee_reserve",
    "guarantee_restore",
    "guarantees_draw",
    "guarantees_lock",
]
