"""The app of revenue."""
