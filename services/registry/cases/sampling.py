"""Which cases of a list are checked on the spot 抽查: drawn from their ids, so that nobody chooses. Pure."""

import hashlib
from collections.abc import Iterable
from uuid import UUID


def sample(step: str, ids: Iterable[UUID], percent: int) -> list[UUID]:
    """At least ``percent`` of the ids, rounded up, in the order of a digest of step and id."""
    ordered = sorted(ids, key=lambda one: hashlib.sha256(f"{step}:{one}".encode()).digest())
    return ordered[: -(-len(ordered) * percent // 100)]
