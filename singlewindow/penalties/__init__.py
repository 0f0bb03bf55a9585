"""The app of penalties."""
