"""A crowd as Locust plays it: each user speaks the protocol that a user of the system speaks, and Locust measures it.

    locust -f locustfile.py Chat --headless --users 50 --spawn-rate 25 --host http://… --plan plan.json --report r.json

The plan is one object of JSON: `people`, one entry a user, and what they all do; see each class. Everybody ends what
they have begun: the run is over when the last one has left. The results go to the file `--report`.
"""

from support.programs.load.assistant import Chat, Documents, Sessions
from support.programs.load.others import Calls, Spans

__all__ = ["Calls", "Chat", "Documents", "Sessions", "Spans"]
