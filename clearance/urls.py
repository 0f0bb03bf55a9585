"""Addresses of the officer's desk."""

from django.urls import path

from clearance import api, api_disputes, api_queries
from clearance.views import acts, case, changes, desk, disputes, matches, search, two_step, warnings

app_name = "clearance"
CHANGES = "api/v1/declarations/<str:declaration_id>"

urlpatterns = [
    path(f"{CHANGES}/amendments", api.AmendmentsView.as_view(), name="api-amendments"),
    path(f"{CHANGES}/invalidations", api.InvalidationsView.as_view(), name="api-invalidations"),
    path(f"{CHANGES}/changes", api.ChangesView.as_view(), name="api-changes"),
    path(f"{CHANGES}/changes/<int:number>", api.ChangeView.as_view(), name="api-change"),
    path(f"{CHANGES}/changes/<int:number>/withdrawal", api.WithdrawalView.as_view(), name="api-change-withdrawal"),
    path(f"{CHANGES}/queries", api_queries.QueriesView.as_view(), name="api-queries"),
    path(f"{CHANGES}/queries/<int:number>/answers", api_queries.AnswersView.as_view(), name="api-answers"),
    path(f"{CHANGES}/documents", api_queries.DeclarationDocumentsView.as_view(), name="api-documents"),
    path(f"{CHANGES}/document-requests", api_queries.RequestsView.as_view(), name="api-requests"),
    path(f"{CHANGES}/disputes", api_disputes.DisputesView.as_view(), name="api-disputes"),
    path(f"{CHANGES}/disputes/acceptance", api_disputes.AcceptanceView.as_view(), name="api-dispute-acceptance"),
    path("disputes/<uuid:dispute_id>/", disputes.dispute_own, name="dispute-own"),
    path("desk/", desk.desk, name="desk"),
    path("desk/disputes/", disputes.disputes, name="disputes"),
    path("desk/disputes/<uuid:dispute_id>/", disputes.dispute, name="dispute"),
    path("desk/<uuid:declaration_id>/dispute", disputes.dispute_new, name="dispute-new"),
    path("desk/next", desk.take_next, name="next"),
    path("desk/figures/", desk.figures, name="figures"),
    path("desk/late/", desk.late, name="late"),
    path("desk/changes/", changes.waiting, name="changes"),
    path("desk/changes/<uuid:declaration_id>/<int:number>", changes.decide, name="change"),
    path("desk/<uuid:declaration_id>/versions", changes.versions, name="versions"),
    path("desk/<uuid:declaration_id>/correct", changes.correct, name="correct"),
    path("desk/search/", search.search, name="search"),
    path("desk/two-step/", two_step.owed, name="two-step"),
    path("targeting/warnings/", warnings.warnings, name="warnings"),
    path("targeting/warnings/<uuid:warning_id>/acknowledge", warnings.acknowledge, name="warning-acknowledge"),
    path("desk/<uuid:declaration_id>/", case.case, name="case"),
    path("desk/<uuid:declaration_id>/match/<int:place>/<uuid:entry_id>", matches.decide, name="match"),
    path("desk/<uuid:declaration_id>/<slug:act>", acts.act, name="act"),
]
