"""The library behind the features: everything that steps/ and environment.py call."""
