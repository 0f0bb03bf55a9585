"""The app of guarantees."""
