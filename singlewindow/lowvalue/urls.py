"""Addresses of lowvalue."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.lowvalue import api, views

app_name = "lowvalue"

urlpatterns: list[URLPattern | URLResolver] = [
    path("bulk/", views.files, name="files"),
    path("bulk/sample.<str:form>", views.sample_file, name="sample"),
    path("bulk/<uuid:file_id>", views.file, name="file"),
    path("bulk/<uuid:file_id>/failed.<str:form>", views.failed_file, name="failed"),
    path("api/v1/bulk-files", api.BulkFilesView.as_view(), name="api-bulk-files"),
    path("api/v1/bulk-files/<str:file_id>", api.BulkFileView.as_view(), name="api-bulk-file"),
    path("api/v1/bulk-files/<str:file_id>/lines", api.BulkLinesView.as_view(), name="api-bulk-lines"),
]
