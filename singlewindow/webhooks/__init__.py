"""Webhooks: the feed of an organisation, pushed to the address it names."""
