"""Identifiers: UUID version 7 (RFC 9562), in the order of their making within a process."""

import os
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new identifier, greater than every one made before it in this process."""
    global _last  # noqa: PLW0603 (the one thing that has to be remembered between two identifiers)
    random = int.from_bytes(os.urandom(8))
    with _lock:
        # 48 bits of milliseconds and 12 bits of their fraction, so that order holds within a millisecond.
        ticks = max(_last + 1, (time.time_ns() << 12) // 1_000_000)
        _last = ticks
    return UUID(int=(ticks >> 12) << 80 | 7 << 76 | (ticks & 0xFFF) << 64 | 2 << 62 | random >> 2)


def timestamp_of(id: UUID) -> datetime:
    """The moment that a version 7 identifier carries, to the millisecond."""
    return datetime.fromtimestamp((id.int >> 80) / 1000, UTC)
