"""Template filters of clearance."""
