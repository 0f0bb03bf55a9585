"""What to look at: typed rules, a score with reasons that sum to it, a lane, and a control sample."""
