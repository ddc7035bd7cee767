"""A service whose routes are each wrong in one way, so that an attack has something to find."""
