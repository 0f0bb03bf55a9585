"""How names are read, compared and found: pure functions and an index, no tables."""
