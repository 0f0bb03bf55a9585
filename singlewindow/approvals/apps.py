"""The app of approvals: what goes live only when a second person agrees."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ApprovalsConfig(AppConfig):
    """The approvals app."""

    name = "singlewindow.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the database told the limits whenever its tables were migrated."""
        from singlewindow.approvals.limits import limits_tell

        post_migrate.connect(limits_tell, sender=self, dispatch_uid="approvals.limits")
