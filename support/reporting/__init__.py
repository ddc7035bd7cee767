"""How a run is told: the Allure formatter, evidence, progress, the catalogue. It is told, never asked."""
