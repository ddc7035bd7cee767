"""`python -m support.backends.evaluation_platform`: run it alone and print its addresses as `.env` lines."""

from __future__ import annotations

import os
import sys

from pydantic import ValidationError

from . import errors, server
from .settings import Settings


def main() -> int:
    """Serve until stopped. 2 for bad settings, 1 for a port that is taken."""
    known = {str(field.alias) for field in Settings.model_fields.values()}
    try:
        settings = Settings.model_validate({name: value for name, value in os.environ.items() if name in known})
    except ValidationError as fault:
        print(f"settings: {errors.describe(fault.errors())}", file=sys.stderr)
        return 2
    try:
        server.run(settings, _print_addresses)
    except OSError as fault:
        print(f"cannot listen at {settings.host}: {fault}", file=sys.stderr)
        return 1
    return 0


def _print_addresses(addresses: dict[str, str]) -> None:
    print(f"HH_API_URL={addresses['address']}")
    print(f"PLATFORM_CONTROL_URL={addresses['control']}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
