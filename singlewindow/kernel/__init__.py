"""Values and pure functions under every app; imports neither Django nor Celery."""
