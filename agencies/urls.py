"""Addresses of the agencies."""

from django.urls import path

from agencies import api
from agencies.views import desk, papers

app_name = "agencies"

urlpatterns = [
    path("agency/", desk.holds, name="holds"),
    path("agency/holds/<uuid:hold_id>", desk.hold, name="hold"),
    path("agency/holds/<uuid:hold_id>/ask", papers.ask, name="ask"),
    path("agency/originals/", papers.originals, name="originals"),
    path("agency/originals/<uuid:original_id>", papers.original, name="original"),
    path("agency/permits/", desk.permits, name="permits"),
    path("agency/permits/new", desk.permit_new, name="permit-new"),
    path("agency/permits/<uuid:permit_id>", desk.permit, name="permit"),
    path("permits/<uuid:permit_id>", desk.permit, name="own-permit"),
    path("permits/", desk.own_permits, name="own-permits"),
    path("requirements", desk.requirements, name="requirements"),
    path("permits/<uuid:permit_id>/documents", papers.permit_bind, name="permit-bind"),
    path("api/v1/permits", api.PermitsView.as_view(), name="api-permits"),
    path("api/v1/permits/<str:permit_id>/documents", api.PermitDocumentsView.as_view(), name="api-permit-documents"),
]
