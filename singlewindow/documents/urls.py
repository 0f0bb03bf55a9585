"""Addresses of documents."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.documents import api
from singlewindow.documents.views import register, shelf, uploads

app_name = "documents"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/uploads", api.UploadsView.as_view(), name="api-uploads"),
    path("api/v1/uploads/<str:upload_id>", api.UploadView.as_view(), name="api-upload"),
    path("api/v1/documents", api.DocumentsView.as_view(), name="api-documents"),
    path("api/v1/documents/<str:document_id>", api.DocumentView.as_view(), name="api-document"),
    path("api/v1/documents/<str:document_id>/content", api.ContentView.as_view(), name="api-content"),
    path("documents/", shelf.shelf, name="shelf"),
    path("documents/give", shelf.give, name="give"),
    path("documents/<uuid:document_id>/", shelf.document, name="document"),
    path("documents/<uuid:document_id>/content", shelf.content, name="content"),
    path("documents/<uuid:document_id>/content/<str:key>", shelf.opened, name="opened"),
    path("once-only/", register.register, name="register"),
    path("once-only.csv", register.register_csv, name="register-csv"),
    path("uploads", uploads.uploads, name="uploads"),
    path("uploads/<uuid:upload_id>", uploads.upload, name="upload"),
]
