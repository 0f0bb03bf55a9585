"""Messages that the agencies take: datasets of applications, certificates of other countries."""

from agencies.schemas.applications import GOODS_MAX, ApplicationData, ApplicationGoods, application_data
from agencies.schemas.certificates import CertificateLine, CertificateMessage

__all__ = [
    "GOODS_MAX",
    "ApplicationData",
    "ApplicationGoods",
    "CertificateLine",
    "CertificateMessage",
    "application_data",
]
