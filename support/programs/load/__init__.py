"""Crowds of users, which Locust plays in processes of its own: nothing of this is imported by the suite."""
