"""Decisions about money, pure: expression of a rate, choice of the measure, customs value, assessment."""
