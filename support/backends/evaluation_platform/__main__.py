"""`python -m support.backends.evaluation_platform`; see support/backends/alone.py."""

import sys

from support.backends.alone import program

from .settings import Settings

main = program("evaluation_platform", Settings, {"HH_API_URL": "{address}", "EVALUATION_PLATFORM_CONTROL": "{control}"})

if __name__ == "__main__":
    sys.exit(main())
