"""Names held against lists of sanctioned and denied parties."""
