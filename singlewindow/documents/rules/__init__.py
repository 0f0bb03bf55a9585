"""Decisions of documents: names, kinds, what a file may hold, what may be asked for."""
