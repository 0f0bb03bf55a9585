"""REST of the agencies."""

from agencies.api.applications import ApplicationsView, ApplicationView, CertificatesView
from agencies.api.permits import PermitDocumentsView, PermitsView
from agencies.api.requirements import DeclarationAgenciesView, RequirementsView

__all__ = [
    "ApplicationView",
    "ApplicationsView",
    "CertificatesView",
    "DeclarationAgenciesView",
    "PermitDocumentsView",
    "PermitsView",
    "RequirementsView",
]
