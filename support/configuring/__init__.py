"""Layered settings: argument, command line, environment, .env, file, default. Shared by suite and backends."""
