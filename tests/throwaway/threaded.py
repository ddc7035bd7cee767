"""A module that starts a thread when it is imported: no module to preload."""

import threading

threading.Thread(target=threading.Event().wait, name="restless", daemon=True).start()
