"""Rules of low-value filing: the columns, and what a line must be to be filed on the reduced data set."""
