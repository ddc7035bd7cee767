"""A user's program that logs its calls: run as files by an interpreter that has the clients, never imported here.

`program.py` initialises the SDK, then asks the model in the ways that it is told; each `by_*.py` knows one client. They
are copied into a folder of their own before they run, as a user's program has one.
"""
