"""Tags of fees."""
