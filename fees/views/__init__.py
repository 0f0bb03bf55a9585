"""Pages of fees: the public schedule, the duty calculator, the prepaid account."""
