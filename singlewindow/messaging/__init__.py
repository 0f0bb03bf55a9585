"""Messages of every format: told by their content, checked, taken, answered."""
