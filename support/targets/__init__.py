"""What a target is, and one TOML file for each: addresses, capabilities claimed, limits."""
