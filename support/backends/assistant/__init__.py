"""A chat assistant for a practice: personas, tools, documents and policy, over REST and WebSocket.

It calls a model (OpenAI's protocol) and the practice API, and keeps sessions and UI state in Redis, or in memory while
Redis is away. Sessions belong to whoever shows the bearer token that made them.
"""

SERVICE = "assistant"
VERSION = "1.0.0"
