"""Acts of guarantees: draw, free, take, give back."""

from singlewindow.guarantees.services.drawing import (
    guarantee_convert,
    guarantee_free,
    guarantee_replenish,
    guarantee_reserve,
    guarantees_lock,
)

__all__ = [
    "guarantee_convert",
    "guarantee_free",
    "guarantee_replenish",
    "guarantee_reserve",
    "guarantees_lock",
]
