"""Defects of the model: it speaks otherwise than a scenario of real AI demands. Held in rehearsals of these."""
