"""What a run is told by `-D name=value`: settings, and the options that only a single run has."""

from __future__ import annotations

from collections.abc import Mapping

from behave.exception import ConfigError
from pydantic import SecretStr

from support import settings, targets
from support.configuring import ConfigurationError, nearest
from support.reporting.logs import redact_logs
from support.reporting.redaction import register_secret
from support.settings import Settings
from support.targets import Target

OPTIONS = {
    "defects": "seeded defects that the embedded backends are started with, separated by commas",
    "known_bugs": "another ledger of known bugs",
    "report": "no: neither Allure results nor JUnit nor progress, for runs inside runs",
    "results": "file for one JSON line a scenario",
    "shard": "2/4: the second of four shares, for a run that is split over machines",
}


def read(userdata: Mapping[str, str]) -> tuple[Settings, Target]:
    """The settings and the target of a run, read once, before anything starts. Raises ConfigError with all problems."""
    ours = {name: value for name, value in userdata.items() if name in Settings.model_fields}
    for name in userdata:
        # A formatter's own options are dotted: AllureFormatter.issue_pattern
        if name not in ours and name not in OPTIONS and "." not in name:
            message = f"-D {name}: there is no such option; {nearest(name, [*OPTIONS, *Settings.model_fields])}"
            raise ConfigError(message)
    try:
        read_settings = settings.read(command_line=ours).value
        target = targets.find(read_settings.target)
        targets.check(target, read_settings)
    except ConfigurationError as fault:
        raise ConfigError(str(fault)) from fault
    redact_logs()
    for name in Settings.model_fields:
        if isinstance(secret := getattr(read_settings, name), SecretStr):
            register_secret(secret.get_secret_value())
    return read_settings, target
