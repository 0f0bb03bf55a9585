"""Cargo: manifests with their bills, write-off by declarations, arrival."""
