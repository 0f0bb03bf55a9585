"""Disputes of value, origin or classification: goods leave on security, the debt is determined later. Rules GU-DIS-*.

The modules are imported one by one: release asks `standing`, and `accepting` asks for release.
"""
