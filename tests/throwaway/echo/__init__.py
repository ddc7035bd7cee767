"""A backend of a few lines: it counts in a file, tells its environment, starts processes, and dies when told."""
