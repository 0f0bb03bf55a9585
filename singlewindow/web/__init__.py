"""The look of the window: base page, components, sign-in and the public home page."""
