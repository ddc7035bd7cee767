"""The seeded defects of the call-logging wing: of the SDK, in the program that uses it, and of the command.

Those of the SDK are applied by an interpreter that has nothing of this suite: these modules import nothing else of it.
What they replace is named in full. They replace what the SDK looks up when it is initialised, or later.
"""
