"""Child processes: a preloaded fork server, the launcher of embedded backends, the runner of programs."""
