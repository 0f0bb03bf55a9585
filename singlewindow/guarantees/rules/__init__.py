"""Decisions of guarantees, as pure functions with ids (docs/rules/guarantees.md)."""
