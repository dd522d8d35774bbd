"""Which numbers and ids may stand twice in a file, found in little memory: each value sets two bits of a field of
bits, and one that finds both set may have been there before. Nothing that stands twice is missed; of what stands
once, a few in a thousand are named too, and are asked for in vain.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from services.registry.exchange.layouts.records import Plan
from services.registry.register.households.records import Key
from services.registry.register.households.register import number_index
from shared.names import identity
from shared.security.crypto import KeyRing

MOST = 50_000  # keys; of more, nearly everything stands twice
_LEAST = 20


class Twice:
    """Values of a file of so many bytes, as they pass; ``found`` are the keys of those that may stand twice."""

    def __init__(self, keys: KeyRing, bytes: int) -> None:
        size = 1 << max(_LEAST, bytes.bit_length())  # a bit a byte: a line has some hundred and a handful of values
        self._keys, self._mask, self._bits = keys, size - 1, bytearray(size >> 3)
        self.found: set[Key] = set()

    def look(self, cells: Sequence[str], columns: "Columns", *, first: bool) -> None:
        """Look at a line of a person, which is the ``first`` of its household or another."""
        number = identity.normalise(_at(cells, columns.identity))[:18]
        if number and self._there(number) and (index := number_index(number, self._keys)):
            self.found.add(f"identity:{index}")
        known_as = identity.unwrapped(_at(cells, columns.number))
        if known_as and self._there(known_as):
            self.found.add(f"people:{known_as}")
        if said := _at(cells, columns.person):
            self.found.update(self._id("person", said))
        if first and (said := _at(cells, columns.household)):
            self.found.update(self._id("household", said))

    def _id(self, kind: str, said: str) -> Iterator[Key]:
        try:
            id = UUID(said)
        except ValueError:
            return
        if self._there(f"{kind}:{id}"):
            yield f"{kind}:{id}"

    def _there(self, value: str) -> bool:
        """Whether a value may have been here before; it has from now on."""
        code, bits, mask = hash(value), self._bits, self._mask
        one, other = code & mask, (code >> 32) & mask
        there = bits[one >> 3] >> (one & 7) & bits[other >> 3] >> (other & 7) & 1
        bits[one >> 3] |= 1 << (one & 7)
        bits[other >> 3] |= 1 << (other & 7)
        return bool(there)


class Columns:
    """Where a table has what may stand in the register once; -1 where it has not."""

    def __init__(self, plan: Plan) -> None:
        member, household = ({field: at for at, field in part} for part in (plan.member, plan.household))
        self.identity, self.number = member.get("identity_number", -1), member.get("number", -1)
        self.person, self.household = member.get("id", -1), household.get("id", -1)


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column] if column >= 0 else ""
