"""What is seeded in the assistant service, a file for each block of promises."""
