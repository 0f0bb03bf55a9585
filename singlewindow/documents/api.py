"""REST of documents: the resumable upload."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.views import ApiView, uuid_of
from singlewindow.documents import openapi, tus

UPLOADS = "/api/v1/uploads"


class UploadsView(ApiView):
    """/api/v1/uploads"""

    permission_required = Permission.SEND_FILE

    def options(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:  # type: ignore[override]
        """What the server speaks of tus."""
        return tus.tus_options()

    @extend_schema(**openapi.UPLOAD_CREATE)
    def post(self, request: Request) -> HttpResponse:
        """Announce a file."""
        return tus.tus_create(request._request, self.actor, root=UPLOADS)


class UploadView(ApiView):
    """/api/v1/uploads/{id}"""

    permission_required = Permission.SEND_FILE

    def options(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:  # type: ignore[override]
        """What the server speaks of tus."""
        return tus.tus_options()

    def head(self, request: Request, upload_id: str) -> HttpResponse:
        """How far it has come."""
        return tus.tus_head(request._request, self.actor, uuid_of(upload_id))

    @extend_schema(**openapi.UPLOAD_APPEND)
    def patch(self, request: Request, upload_id: str) -> HttpResponse:
        """Take the next chunk."""
        return tus.tus_patch(request._request, self.actor, uuid_of(upload_id))

    @extend_schema(**openapi.UPLOAD_DELETE)
    def delete(self, request: Request, upload_id: str) -> HttpResponse:
        """Give it up."""
        return tus.tus_delete(request._request, self.actor, uuid_of(upload_id))
