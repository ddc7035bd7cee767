"""The wire protocols: one module for each, which reads requests and writes answers, and decides nothing."""
