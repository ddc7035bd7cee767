"""The systems under test as a worker holds them: started or reached, behind a proxy, counted around every scenario."""

from collections.abc import Mapping

from support.running.systems.base import Counts, Surroundings, SystemUnderTest
from support.running.systems.model import ModelUnderTest
from support.running.systems.platform import PlatformUnderTest
from support.running.systems.redis import RedisUnderTest

KINDS: Mapping[str, type[SystemUnderTest]] = {
    kind.name: kind for kind in (PlatformUnderTest, ModelUnderTest, RedisUnderTest)
}
"""Every system, by the name that targets and folders give it; in the order in which they are started."""

ROOMS: Mapping[str, tuple[str, ...]] = {
    "call_logging": ("model",),
    "evaluation_platform": ("evaluation_platform",),
    "resilience": ("evaluation_platform", "model"),
    "tracing": ("evaluation_platform", "model"),
}
"""The systems that the features of a folder need, in the order in which they are started."""

__all__ = [
    "KINDS",
    "ROOMS",
    "Counts",
    "ModelUnderTest",
    "PlatformUnderTest",
    "RedisUnderTest",
    "Surroundings",
    "SystemUnderTest",
]
