"""What events look like: one noun per topic, every event of it carrying the noun's full public state."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, JsonValue

SNAPSHOT = "snapshot"


class EventData(BaseModel):
    """The payload of an event as its owner writes it: nothing more than declared, no personal secrets."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Something that a service owns and tells of: topic ``registry.household``, verbs in the past tense.

    ``snapshot`` is implied: the state as it is, for consumers that start late. Only projections accept it.
    """

    topic: str
    state: type[EventData]
    verbs: tuple[str, ...]
    zh: str
    version: int = 1

    def type(self, verb: str) -> str:
        """The event type of a verb. Raises ValueError for a verb that is not declared."""
        if verb not in self.verbs and verb != SNAPSHOT:
            raise ValueError(f"{self.topic} has no verb {verb!r}")
        return f"{self.topic}.{verb}.v{self.version}"

    def types(self) -> Iterator[str]:
        """Every event type of the noun, the snapshot last."""
        return (self.type(verb) for verb in (*self.verbs, SNAPSHOT))

    def schema(self) -> dict[str, JsonValue]:
        """The JSON schema of the payload."""
        return self.state.model_json_schema()
