"""Models that learn from what checks found."""
