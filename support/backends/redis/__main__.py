"""`python -m support.backends.redis`; see support/backends/alone.py."""

import sys

from support.backends.alone import program

from .settings import Settings

main = program("redis", Settings, {"REDIS_URL": "{address}"})

if __name__ == "__main__":
    sys.exit(main())
