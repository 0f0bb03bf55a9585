"""Pages of the officer: the desk, one case, its acts, the search."""
