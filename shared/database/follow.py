"""Rows that lie in a division go where their division, or the household that they are about, has gone."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_NOTHING: Mapping[str, str] = MappingProxyType({})
# Sets rows that a key (a household's id, a division's code) names down in another division.
Follow = Callable[[AsyncSession, Mapping[str, str]], Awaitable[None]]


def rows_follow(
    table: str, by: str, still_open: str = "true", *, parts: Mapping[str, str] = _NOTHING, column: str = "division"
) -> Follow:
    """That rows of a table go to the division to which the key in their column ``by`` has gone, while they are open.

    ``still_open`` says of a row ``r`` that it is not over: what is over stays where it happened. ``parts`` are tables
    of what belongs to a row, with the column that names it, and go along.
    """
    kind = "text" if by == column else "uuid"
    moved = f"""
        UPDATE {table} r SET {column} = goes.into_code
        FROM unnest(CAST(:keys AS {kind}[]), CAST(:into AS text[])) AS goes(key, into_code)
        WHERE r.{by} = goes.key AND r.{column} <> goes.into_code AND {still_open}
    """  # noqa: S608 (names of our own)
    if parts:
        belonging = ", ".join(
            f"{part}_goes AS (UPDATE {part} p SET {column} = moved.place FROM moved WHERE p.{key} = moved.id)"  # noqa: S608 (names of our own)
            for part, key in parts.items()
        )
        moved = f"WITH moved AS ({moved} RETURNING r.id, goes.into_code AS place), {belonging} SELECT FROM moved"
    statement = text(moved)

    async def follow(session: AsyncSession, into: Mapping[str, str]) -> None:
        if into:
            await session.execute(statement, {"keys": list(into), "into": list(into.values())})

    return follow
