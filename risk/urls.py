"""Addresses of risk."""

from django.urls import path

from risk import api, views
from risk.views import alerts, desk, registry, simulations

app_name = "risk"
urlpatterns = [
    path("api/v1/statistics/compliance", api.ComplianceView.as_view(), name="api-compliance"),
    path("risk/", desk.desk, name="desk"),
    path("risk/alerts/", alerts.listed, name="alerts"),
    path("risk/alerts/new", alerts.new, name="alert-new"),
    path("risk/alerts/<uuid:alert_id>", alerts.show, name="alert"),
    path("risk/models/", registry.listed, name="models"),
    path("risk/models/<slug:model_hash>", registry.show, name="model"),
    path("risk/models/<slug:model_hash>/watch", registry.watch, name="model-watch"),
    path("risk/rules", views.rules, name="rules"),
    path("risk/profiles/", views.listed, name="profiles"),
    path("risk/profiles/new", views.new, name="profile-new"),
    path("risk/profiles/<uuid:profile_id>", views.profile, name="profile"),
    path("risk/profiles/<uuid:profile_id>/edit", views.edit, name="profile-edit"),
    path("risk/profiles/<uuid:profile_id>/act", views.act, name="profile-act"),
    path("risk/simulations/", simulations.listed, name="simulations"),
    path("risk/simulations/new", simulations.new, name="simulation-new"),
    path("risk/simulations/<uuid:simulation_id>", simulations.show, name="simulation"),
    path("risk/simulations/<uuid:simulation_id>/stop", simulations.stop, name="simulation-stop"),
    path("risk/simulations/<uuid:simulation_id>/propose", simulations.propose, name="simulation-propose"),
    path("risk/simulations/<uuid:simulation_id>/figures.csv", simulations.csv_file, name="simulation-csv"),
]
