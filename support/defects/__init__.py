"""The seeded defects: named, documented changes applied to a system at its start."""
