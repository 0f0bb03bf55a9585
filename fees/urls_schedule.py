"""Addresses of the public schedule of charges."""

from django.urls import URLPattern, path

from fees.api.schedule import EstimateView
from fees.api.tariff import TariffLineView, TariffSearchView
from fees.views import drafts, estimate, feed, schedule, tariff

urlpatterns: list[URLPattern] = [
    path("fees", schedule.schedule, name="schedule"),
    path("fees.json", schedule.schedule_json, name="schedule-json"),
    path("fees.csv", schedule.schedule_csv, name="schedule-csv"),
    path("fees/changes", schedule.changes, name="changes"),
    path("fees/changes.json", schedule.changes_json, name="changes-json"),
    path("fees/changes.csv", schedule.changes_csv, name="changes-csv"),
    path("fees/feed.atom", feed.feed_atom, name="feed-atom"),
    path("fees/feed.json", feed.feed_json, name="feed-json"),
    path("fees/estimate", estimate.estimate, name="estimate"),
    path("fees/drafts", drafts.listed, name="drafts"),
    path("fees/drafts.json", drafts.listed_json, name="drafts-json"),
    path("fees/drafts.csv", drafts.listed_csv, name="drafts-csv"),
    path("fees/drafts/new", drafts.new, name="draft-new"),
    path("fees/drafts/<uuid:draft_id>", drafts.detail, name="draft"),
    path("fees/drafts/<uuid:draft_id>.json", drafts.detail_json, name="draft-json"),
    path("fees/drafts/<uuid:draft_id>/edit", drafts.edit, name="draft-edit"),
    path("fees/drafts/<uuid:draft_id>/act", drafts.act, name="draft-act"),
    path("fees/drafts/<uuid:draft_id>/comments", drafts.comment, name="draft-comment"),
    path("fees/drafts/<uuid:draft_id>/comments/<uuid:comment_id>", drafts.answer, name="draft-answer"),
    path("fees/charges/<str:code>", schedule.charge, name="charge"),
    path("fees/charges/<str:code>/data.json", schedule.charge_json, name="charge-json"),
    path("fees/charges/<str:code>/data.csv", schedule.charge_csv, name="charge-csv"),
    path("tariff", tariff.browse, name="tariff"),
    path("tariff/<str:code>", tariff.line, name="tariff-line"),
    path("api/v1/tariff/search", TariffSearchView.as_view(), name="api-tariff-search"),
    path("api/v1/tariff/<str:code>", TariffLineView.as_view(), name="api-tariff-line"),
    path("api/v1/charges/estimate", EstimateView.as_view(), name="api-charges-estimate"),
]
