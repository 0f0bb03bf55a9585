"""What goes live only when a second person agrees."""
