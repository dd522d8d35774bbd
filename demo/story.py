"""What the report tells beside figures: what happened to a household or a village, as the services answer it."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Story:
    """One that was lived and checked: a title, what happened in words, and the address where it can be read."""

    title: str
    told: str
    source: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
