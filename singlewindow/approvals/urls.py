"""Addresses of approvals."""

from django.urls import path

from singlewindow.approvals import views

app_name = "approvals"

urlpatterns = [
    path("approvals/", views.listed, name="list"),
    path("approvals/<uuid:proposal_id>", views.decide, name="proposal"),
    path("approvals/<uuid:proposal_id>/withdraw", views.withdraw, name="withdraw"),
]
