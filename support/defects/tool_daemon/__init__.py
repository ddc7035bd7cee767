"""The seeded defects of the tool daemon and of its shim, one module a block of promises."""
