"""The embedded practice API: the system of record of a psychotherapy practice, which the assistant's tools call.

ROUTES.md beside this file documents the interface. Importing the package opens nothing; `server.run(settings,
announce)` does.
"""
