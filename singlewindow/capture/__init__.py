"""What cameras, scales, seals and scanners tell of goods."""
