"""The evaluation platform as the suite speaks to it: protocols in product terms, two doors behind them.

::

    Platform = adapter("honeyhive")             # adapters/: who speaks the wire of which product
    platform = Platform(address, key)           # platform.py
    platform.main.datasets.create({...})        # door 1: the vendor's SDK wherever it wraps the operation
    platform.second.of("dataset").get(id)       # door 2: plain HTTP, for the independent read
    platform.other_door(platform.main)          # -> platform.second, and the other way round
    platform.as_holder_of(other_key)            # the same platform for somebody else (None: nobody)
    platform.inventory()                        # {"dataset": frozenset(ids), …}: what exists in the project now
    platform.close()
"""
