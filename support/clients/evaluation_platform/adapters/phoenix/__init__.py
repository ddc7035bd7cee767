"""Arize Phoenix, over its REST interface, its GraphQL and its OTLP endpoint; nothing of `phoenix` is imported.

Phoenix keeps no tenants apart: a key is a user's, and every user sees every dataset. What the suite calls a tenant is
an API key, with a project of its own for spans.
"""

from .platform import Phoenix

ADAPTER = Phoenix
