"""Where each address leads. Each app keeps its own table; this one joins them."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("singlewindow.web.urls")),
    path("", include("singlewindow.api.urls")),
    path("", include("singlewindow.messaging.urls")),
    path("", include("singlewindow.documents.urls")),
    path("", include("singlewindow.webhooks.urls")),
    path("", include("singlewindow.cargo.urls")),
    path("", include("singlewindow.approvals.urls")),
    path("", include("singlewindow.capture.urls")),
    path("", include("singlewindow.screening.urls")),
    path("", include("singlewindow.ens.urls")),
    path("", include("declarations.urls")),
    path("", include("singlewindow.lowvalue.urls")),
    path("", include("singlewindow.guarantees.urls")),
    path("", include("singlewindow.quotas.urls")),
    path("", include("fees.urls")),
    path("", include("risk.urls")),
    path("", include("agencies.urls")),
    path("", include("singlewindow.payments.urls")),
    path("", include("singlewindow.revenue.urls")),
    path("", include("singlewindow.penalties.urls")),
    path("", include("clearance.urls")),
    path("", include("singlewindow.notifications.urls")),
    path("", include("singlewindow.portal.urls")),
]
