"""`signing_certificate`: register, revoke or list the certificates by which organisations sign their messages."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import BaseCommand, CommandError, CommandParser

from singlewindow.accounts.certificates import certificate_register, certificate_revoke, signatures_set
from singlewindow.accounts.models import Organisation, SigningCertificate
from singlewindow.accounts.types import system_actor
from singlewindow.kernel.errors import DomainError


class Command(BaseCommand):
    """Translate the command line; the acts do the rest."""

    help = "Register, revoke or list signing certificates; demand signatures of an organisation, or no longer."

    def add_arguments(self, parser: CommandParser) -> None:
        """One action and what it acts on."""
        parser.add_argument("action", choices=["register", "revoke", "list", "demand", "waive"])
        parser.add_argument("organisation", help="its identifier (EORI or taxpayer number)")
        parser.add_argument("what", nargs="?", default="", help="a PEM file to register, or an id to revoke")

    def handle(self, *args: Any, **options: Any) -> None:
        """Act, and say what was done."""
        organisation = Organisation.objects.filter(identifier=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation {options['organisation']}.")
        try:
            self.stdout.write(self._done(options["action"], organisation, options["what"]))
        except (DomainError, OSError, ValueError) as error:
            raise CommandError(
                "; ".join(one.message for one in getattr(error, "violations", ())) or str(error)
            ) from error

    def _done(self, action: str, organisation: Organisation, what: str) -> str:
        actor = system_actor("operator")
        if action == "register":
            row = certificate_register(actor=actor, organisation=organisation, pem=Path(what).read_text("utf-8"))
            return f"Registered {row.pk}: {row}, until {row.valid_to:%Y-%m-%d}."
        if action == "revoke":
            certificate_revoke(actor=actor, certificate_id=UUID(what))
            return f"Revoked {what}."
        if action == "list":
            rows = SigningCertificate.objects.filter(organisation=organisation).order_by("created_at")
            lines = (f"{row.pk} {row} until {row.valid_to:%Y-%m-%d}{' revoked' * bool(row.revoked_at)}" for row in rows)
            return "\n".join(lines) or "None."
        signatures_set(actor=actor, organisation=organisation, required=action == "demand")
        return f"Signatures are {'demanded' if action == 'demand' else 'no longer demanded'} of {organisation}."
