"""The systems under test as a worker holds them: started or reached, behind a proxy, counted around every scenario."""

from collections.abc import Mapping

from support.running.systems.assistant import AssistantUnderTest
from support.running.systems.base import Counts, Surroundings, SystemUnderTest
from support.running.systems.model import ModelUnderTest
from support.running.systems.platform import PlatformUnderTest
from support.running.systems.practice import PracticeUnderTest
from support.running.systems.redis import RedisUnderTest
from support.running.systems.tool_daemon import DaemonUnderTest

KINDS: Mapping[str, type[SystemUnderTest]] = {
    kind.name: kind
    for kind in (
        PlatformUnderTest,
        ModelUnderTest,
        PracticeUnderTest,
        RedisUnderTest,
        AssistantUnderTest,
        DaemonUnderTest,
    )
}
"""Every system, by the name that targets and folders give it; in the order in which they are started."""

ROOMS: Mapping[str, tuple[str, ...]] = {
    "assistant": ("model", "practice", "redis", "assistant"),
    "call_logging": ("model",),
    "evaluation_platform": ("evaluation_platform",),
    "load": ("evaluation_platform", "model", "practice", "redis", "assistant", "tool_daemon"),
    "real_ai": ("model",),
    "real_assistant": ("model", "practice", "redis", "assistant"),
    "resilience": ("evaluation_platform", "model"),
    "tool_daemon": ("model", "tool_daemon"),
    "tracing": ("evaluation_platform", "model"),
}
"""The systems that the features of a folder need, in the order in which they are started."""

__all__ = [
    "KINDS",
    "ROOMS",
    "AssistantUnderTest",
    "Counts",
    "DaemonUnderTest",
    "ModelUnderTest",
    "PlatformUnderTest",
    "PracticeUnderTest",
    "RedisUnderTest",
    "Surroundings",
    "SystemUnderTest",
]
