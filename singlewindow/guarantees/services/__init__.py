"""Acts of guarantees: draw, free, take, give back."""

from singlewindow.guarantees.services.drawing import (
    guarantee_convert,
    guarantee_free,
    guarantee_replenish,
    guarantee_reserve,
    guarantees_lock,
)
from singlewindow.guarantees.services.registering import guarantee_grant, guarantee_propose, guarantee_register

__all__ = [
    "guarantee_convert",
    "guarantee_free",
    "guarantee_grant",
    "guarantee_propose",
    "guarantee_register",
    "guarantee_replenish",
    "guarantee_reserve",
    "guarantees_lock",
]
