"""`python -m support.backends.model`; see support/backends/alone.py."""

import sys

from support.backends.alone import program

from .settings import Settings

main = program("model", Settings, {"OPENAI_BASE_URL": "{address}/v1", "SCRIPTED_MODEL_CONTROL": "{control}"})

if __name__ == "__main__":
    sys.exit(main())
