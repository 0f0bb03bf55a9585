"""Payment providers: one interface, one adapter for each, named in settings.PAYMENT_PROVIDERS."""
