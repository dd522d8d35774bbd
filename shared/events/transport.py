"""Where the relay hands records to: the one seam between one process and many."""

from collections.abc import Sequence
from typing import Protocol

from shared.events.envelope import Record


class Transport(Protocol):
    """Takes records in order and returns when they are safe: in Kafka, or committed by every local consumer.

    Raises where they are not; the relay then keeps its rows.
    """

    async def send(self, records: Sequence[Record]) -> None: ...
