"""`python -m support.backends.practice`; see support/backends/alone.py."""

import sys

from support.backends.alone import program

from .settings import Settings

main = program("practice", Settings, {"NESTJS_API_URL": "{address}", "PRACTICE_API_CONTROL": "{control}"})

if __name__ == "__main__":
    sys.exit(main())
