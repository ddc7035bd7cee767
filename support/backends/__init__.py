"""The embedded systems, one package each. They import nothing of the suite but support.configuring."""
