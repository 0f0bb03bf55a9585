"""Reads of payments: baskets, statements, suspense, payouts, and whether the sums agree."""
