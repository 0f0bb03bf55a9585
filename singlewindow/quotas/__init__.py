"""The app of quotas."""
