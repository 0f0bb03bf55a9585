"""Decisions of learning, pure: keys, what earlier rows tell, trees, figures."""
