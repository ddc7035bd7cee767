"""A real Redis server, run for the suite: what the assistant keeps in it outlives the assistant's process."""
