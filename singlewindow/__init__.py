"""The platform under the apps, and the wiring above them."""
