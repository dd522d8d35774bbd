"""What may stand in the register once: numbers and ids of households and persons, and identities."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import raw

Key = str  # with its kind: number:…, household:…, identity:…, people:…, person:…
_KINDS = ("number", "household", "identity", "people", "person")
_TAKEN = "SELECT key FROM taken_keys($1, $2, $3, $4, $5)"


class Unique(NamedTuple):
    """A key, the field that it comes from, and of which member (None: of the household)."""

    key: Key
    field: str
    member: int | None = None


def of_household(row: dict[str, Any]) -> Iterator[Unique]:
    """The keys of a household's row and of its members."""
    yield Unique(f"number:{row['number']}", "number")
    yield Unique(f"household:{row['id']}", "id")
    for position, member in enumerate(row["members"]):
        yield from of_member(member, position)


def of_member(row: dict[str, Any], position: int | None = None) -> Iterator[Unique]:
    """The keys of a person's row."""
    if row["identity_index"]:
        yield Unique(f"identity:{row['identity_index']}", "identity_number", position)
    if row["number"]:
        yield Unique(f"people:{row['number']}", "number", position)
    yield Unique(f"person:{row['id']}", "id", position)


async def taken(session: AsyncSession, keys: Iterable[Key]) -> set[Key]:
    """Which of some keys stand in the register already, wherever they stand."""
    by_kind: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    for kind, value in (key.split(":", 1) for key in sorted(set(keys))):
        by_kind[kind].append(bytes.fromhex(value) if kind == "identity" else value)
    if not any(by_kind.values()):
        return set()
    rows = await (await raw(session)).fetch(_TAKEN, *by_kind.values())
    return {row["key"] for row in rows}
