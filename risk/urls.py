"""Addresses of risk."""

from django.urls import path

from risk import views

app_name = "risk"
urlpatterns = [
    path("risk/rules", views.rules, name="rules"),
    path("risk/profiles/", views.listed, name="profiles"),
    path("risk/profiles/new", views.new, name="profile-new"),
    path("risk/profiles/<uuid:profile_id>", views.profile, name="profile"),
    path("risk/profiles/<uuid:profile_id>/edit", views.edit, name="profile-edit"),
    path("risk/profiles/<uuid:profile_id>/act", views.act, name="profile-act"),
]
