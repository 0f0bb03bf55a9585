"""Addresses of the pages that belong to no single app."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from singlewindow.web import views

app_name = "web"

urlpatterns = [
    path("", views.home, name="home"),
    path("start", views.start, name="start"),
    path("sign-in", views.SignInView.as_view(), name="sign-in"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
    path("language", set_language, name="language"),
    path("status", views.status, name="status"),
    path("styleguide", views.styleguide, name="styleguide"),
]
