"""What is asserted, and how long it is waited for."""
