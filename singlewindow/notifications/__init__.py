"""Notifications: the events of a declaration as messages of the field."""
