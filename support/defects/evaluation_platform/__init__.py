"""The seeded defects of the evaluation platform, one module a block of promises."""
