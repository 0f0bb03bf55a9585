"""Addresses of the officer's desk."""

from django.urls import path

from clearance.views import acts, case, desk, search, two_step

app_name = "clearance"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/next", desk.take_next, name="next"),
    path("desk/figures/", desk.figures, name="figures"),
    path("desk/late/", desk.late, name="late"),
    path("desk/search/", search.search, name="search"),
    path("desk/two-step/", two_step.owed, name="two-step"),
    path("desk/<uuid:declaration_id>/", case.case, name="case"),
    path("desk/<uuid:declaration_id>/<slug:act>", acts.act, name="act"),
]
