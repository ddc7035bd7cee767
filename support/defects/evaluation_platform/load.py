"""What the platform does to spans when many programs send theirs at once."""

import threading
from typing import Any

from support.defects import defect

MOST = 2


@defect("load.busy-collector-drops-batches", breaks=["LD-8"], at="routes.collector:_take")
def busy_collector_drops_batches(original: Any) -> Any:
    """A batch that comes while two others are being stored is acknowledged and dropped."""
    at_work, lock = [0], threading.Lock()

    def take(call: Any, received: Any) -> Any:
        with lock:
            at_work[0] += 1
            full = at_work[0] > MOST
        try:
            return 0 if full else original(call, received)
        finally:
            with lock:
                at_work[0] -= 1

    return take
