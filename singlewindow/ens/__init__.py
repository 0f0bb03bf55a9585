"""Entry summary declarations: advance cargo data and what customs answers."""
