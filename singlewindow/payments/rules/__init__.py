"""Decisions of payments: pure functions."""
