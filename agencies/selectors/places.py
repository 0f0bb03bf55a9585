"""Places in a list: keys of cursors read back."""

from uuid import UUID

from singlewindow.kernel.errors import FormatRefused


def uuid_of(key: str | int) -> UUID:
    """The id in a cursor. Raises FormatRefused: the cursor was not made by this list."""
    try:
        return UUID(str(key))
    except ValueError as error:
        raise FormatRefused("The cursor was not made by this list; start again without it.", code="cursor") from error
