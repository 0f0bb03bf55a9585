"""Acts of messaging: a message of any format is checked, or taken; an interchange is taken once."""

from singlewindow.messaging.services.interchanges import interchange_take
from singlewindow.messaging.services.messages import message_check, message_take

__all__ = ["interchange_take", "message_check", "message_take"]
