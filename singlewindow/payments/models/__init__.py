"""Tables of payments; private to this app."""

from singlewindow.payments.models.bank import BankEntry, BankStatement
from singlewindow.payments.models.baskets import Basket, BasketLine
from singlewindow.payments.models.payouts import BankAccount, PayoutFile, PayoutOrder
from singlewindow.payments.models.providers import ProviderCallback, ProviderPayment
from singlewindow.payments.models.suspense import SuspenseItem

__all__ = [
    "BankAccount",
    "BankEntry",
    "BankStatement",
    "Basket",
    "BasketLine",
    "PayoutFile",
    "PayoutOrder",
    "ProviderCallback",
    "ProviderPayment",
    "SuspenseItem",
]
