"""The recording proxy that stands before every system and sees all traffic."""
