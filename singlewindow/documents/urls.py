"""Addresses of documents."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.documents import api
from singlewindow.documents.views import uploads

app_name = "documents"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/uploads", api.UploadsView.as_view(), name="api-uploads"),
    path("api/v1/uploads/<str:upload_id>", api.UploadView.as_view(), name="api-upload"),
    path("uploads", uploads.uploads, name="uploads"),
    path("uploads/<uuid:upload_id>", uploads.upload, name="upload"),
]
