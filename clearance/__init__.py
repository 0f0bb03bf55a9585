"""What is decided: control of the goods, release, the officer's desk, and the clock of clearance."""
