"""The rooms of the machine of money: what can be done in each, and what must hold of it after every step."""
