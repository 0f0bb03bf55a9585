"""Print who can sign in to the demonstration."""

from django.core.management.base import BaseCommand

from singlewindow.demo.people import CLIENT_ID, CLIENT_SCOPES, CLIENT_SECRET, PASSWORD, people


class Command(BaseCommand):
    """manage.py demo_accounts"""

    help = "Print the users of every role and the API client of the demonstration country."

    def handle(self, *args: object, **options: object) -> None:
        """One line a person, then the API client."""
        self.stdout.write(f"Users (password of all: {PASSWORD})")
        for person in people():
            self.stdout.write(f"  {person.username:<13} {person.role.value:<15} {person.name}: {person.what}")
        self.stdout.write("API client (OAuth 2 client credentials at /oauth/token)")
        self.stdout.write(f"  client_id {CLIENT_ID}   client_secret {CLIENT_SECRET}")
        self.stdout.write(f"  scopes    {' '.join(sorted(CLIENT_SCOPES))}")
