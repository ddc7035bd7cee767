"""The seeded defects of the client programs that scenarios run, applied inside the program's own process.

They stand for faults of the SDKs that the programs use: what they replace is named in full.
"""
