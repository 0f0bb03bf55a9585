"""Decisions of clearance as pure functions."""
