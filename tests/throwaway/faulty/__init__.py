"""A service of one route that can be wrong in one way after another, so that an attack has something to find."""
