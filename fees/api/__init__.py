"""REST of fees."""
