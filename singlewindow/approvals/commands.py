"""Who runs a command that proposes something: a person who proves it with a password, never a name alone."""

import getpass
import os

from django.core.management.base import CommandError

from singlewindow.accounts.models import User
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.accounts.types import Actor

PASSWORD_VARIABLE = "CSW_PASSWORD"  # noqa: S105  (the name of a variable)


def person_prove(username: str) -> Actor:
    """The actor of a person who gave the right password, asked for or read from the variable CSW_PASSWORD.

    So nobody proposes under another's name from the shell and agrees under his own.

    Raises:
        CommandError: name and password do not fit.
    """
    password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(f"Password of {username}: ")
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or not user.check_password(password):
        raise CommandError(f"{username} and this password do not fit.")
    return actor_of_user(user)
