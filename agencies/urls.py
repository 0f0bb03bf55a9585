"""Addresses of the agencies."""

from django.urls import path

from agencies import api
from agencies.views import applications, desk, finder, papers, records, review

app_name = "agencies"

urlpatterns = [
    path("agency/", desk.holds, name="holds"),
    path("agency/holds/<uuid:hold_id>", desk.hold, name="hold"),
    path("agency/holds/<uuid:hold_id>/ask", papers.ask, name="ask"),
    path("agency/originals/", papers.originals, name="originals"),
    path("agency/originals/<uuid:original_id>", papers.original, name="original"),
    path("agency/applications/", review.parts, name="parts"),
    path("agency/applications/<uuid:part_id>", review.part, name="part"),
    path("agency/certificates/", records.certificates, name="certificates"),
    path("agency/certificates/<uuid:certificate_id>", records.certificate, name="certificate"),
    path("agency/disclaimers/<int:number>", records.disclaimer, name="disclaimer"),
    path("agency/contingency/", records.contingency, name="contingency"),
    path("agency/contingency/<uuid:entry_id>", records.contingency_entry, name="contingency-entry"),
    path("agency/permits/<uuid:permit_id>/entries/<int:number>/reverse", records.reverse_entry, name="reverse-entry"),
    path("permits/applications/", applications.applications, name="applications"),
    path("permits/applications/new", applications.application_new, name="application-new"),
    path("permits/applications/<uuid:application_id>", applications.application, name="application"),
    path("permits/applications/<uuid:application_id>/send", applications.application_send, name="application-send"),
    path("permits/applications/<uuid:application_id>/drop", applications.application_drop, name="application-drop"),
    path("permits/applications/<uuid:application_id>/bind", applications.application_bind, name="application-bind"),
    path("permits/applications/<uuid:application_id>/parts/<uuid:part_id>", applications.part_act, name="part-act"),
    path("agency/permits/", desk.permits, name="permits"),
    path("agency/permits/new", desk.permit_new, name="permit-new"),
    path("agency/permits/<uuid:permit_id>", desk.permit, name="permit"),
    path("permits/<uuid:permit_id>", desk.permit, name="own-permit"),
    path("permits/", desk.own_permits, name="own-permits"),
    path("requirements", finder.requirements, name="requirements"),
    path("permits/<uuid:permit_id>/documents", papers.permit_bind, name="permit-bind"),
    path("api/v1/permits", api.PermitsView.as_view(), name="api-permits"),
    path("api/v1/permits/<str:permit_id>/documents", api.PermitDocumentsView.as_view(), name="api-permit-documents"),
    path("api/v1/requirements", api.RequirementsView.as_view(), name="api-requirements"),
    path("api/v1/permit-applications", api.ApplicationsView.as_view(), name="api-applications"),
    path("api/v1/permit-applications/<str:application_id>", api.ApplicationView.as_view(), name="api-application"),
    path("api/v1/certificates", api.CertificatesView.as_view(), name="api-certificates"),
    path(
        "api/v1/declarations/<str:declaration_id>/agencies",
        api.DeclarationAgenciesView.as_view(),
        name="api-declaration-agencies",
    ),
]
