"""Decisions of revenue: pure functions with ids."""
