"""Addresses of the agencies."""

from django.urls import path

from agencies import api, views

app_name = "agencies"

urlpatterns = [
    path("agency/", views.holds, name="holds"),
    path("agency/holds/<uuid:hold_id>", views.hold, name="hold"),
    path("agency/permits/", views.permits, name="permits"),
    path("agency/permits/new", views.permit_new, name="permit-new"),
    path("agency/permits/<uuid:permit_id>", views.permit, name="permit"),
    path("permits/<uuid:permit_id>", views.permit, name="own-permit"),
    path("permits/", views.own_permits, name="own-permits"),
    path("requirements", views.requirements, name="requirements"),
    path("api/v1/permits", api.PermitsView.as_view(), name="api-permits"),
]
