"""Throw-away backends and programs that the tests of support/processes start."""
