"""Risk rules: pure functions with ids, and the score that they make."""
