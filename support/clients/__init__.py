"""One package for each system under test: its wire, typed; the only place that knows addresses and fields."""
