"""Low-value consignments: many lines in one file, each decided on its own."""
