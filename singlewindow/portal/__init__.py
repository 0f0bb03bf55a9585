"""The trader's portal: my declarations, the guided form, and one page for each declaration."""
