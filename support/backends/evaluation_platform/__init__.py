"""The embedded evaluation platform: a server that keeps the wire contract of the reference product.

Importing the package opens nothing; `server.run(settings, announce)` does.
"""
