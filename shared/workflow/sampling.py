"""Which cases of a list are checked on the spot 抽查: drawn by chance that came when the list was closed. Pure.

Ids come from clients, who could look for one that is never drawn, so what is drawn does not follow from ids alone.
"""

import hashlib
from collections.abc import Iterable
from uuid import UUID


def sample(seed: str, ids: Iterable[UUID], percent: int) -> list[UUID]:
    """At least ``percent`` of the ids, rounded up, in the order of a digest of seed and id."""
    ordered = sorted(ids, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())
    return ordered[: -(-len(ordered) * percent // 100)]
