"""A small country to try the window with: organisations, people, permits, money and a few days of trade."""
