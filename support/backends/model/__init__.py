"""A scripted model behind the wire protocols of OpenAI and Anthropic.

It answers what it was told to answer, and says so: every response carries `x-model: scripted`.
"""
