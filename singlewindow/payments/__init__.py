"""The app of payments."""
