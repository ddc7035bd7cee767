"""What the people of the scenarios do with a platform: through their own door, remembered by the world, undone.

Every deed keeps its outcome as the world's answer. Whatever may change something first looks at everything of that
kind through the second door, so that a scenario can say what became of the rest.
"""
