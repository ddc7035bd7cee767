"""Small programs, as a user would write them, that run an SDK in a process of its own."""
