"""What became of each line of a file, one letter a line, and how it is said to the person who sent it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports.lines import Lines
from shared.database.session import raw

NEW, SAME, CORRECTED, WRONG, NOTHING = "n", "s", "c", "w", " "
_LOADED = {NEW: "已登记", CORRECTED: "已更正", SAME: "已在册，内容相同", WRONG: "未导入：本户有误"}
_NOT_LOADED = {NEW: "无误，未导入", CORRECTED: "与登记不同，未更正", SAME: "已在册，内容相同", WRONG: "有误"}
_KEEP = """
    INSERT INTO import_outcome (import_id, division, line, letters) VALUES ($1, $2, $3, $4)
    ON CONFLICT (import_id, line) DO UPDATE SET letters = EXCLUDED.letters
"""
# The stretch that holds a line begins at or before it.
_READ = """
    SELECT line, letters FROM import_outcome WHERE import_id = $1 AND line < $3
        AND line >= coalesce((SELECT max(line) FROM import_outcome WHERE import_id = $1 AND line <= $2), $2)
    ORDER BY line
"""
_FORGET = "DELETE FROM import_outcome WHERE import_id = $1"


class Outcomes:
    """The letters of a stretch of lines, being gathered."""

    def __init__(self, first: int) -> None:
        self.first, self._letters = first, [NOTHING]

    def say(self, households: Iterable[Lines], letter: str) -> None:
        """What became of households."""
        for one in households:
            for line in one.lines:
                at = line - self.first
                self._letters += NOTHING * (at + 1 - len(self._letters))
                self._letters[at] = letter

    async def keep(self, session: AsyncSession, id: UUID, division: str) -> None:
        await (await raw(session)).execute(_KEEP, id, division, self.first, "".join(self._letters))


async def of_lines(session: AsyncSession, id: UUID, first: int, count: int, *, loaded: bool) -> list[str]:
    """The words for lines from ``first`` on; empty for lines that hold nobody."""
    words, said = (_LOADED if loaded else _NOT_LOADED), [""] * count
    for row in await (await raw(session)).fetch(_READ, id, first, first + count):
        _place(said, row["line"] - first, row["letters"], words)
    return said


def _place(said: list[str], start: int, letters: Sequence[str], words: dict[str, str]) -> None:
    for at, letter in enumerate(letters, start):
        if 0 <= at < len(said):
            said[at] = words.get(letter, "")


async def forget(session: AsyncSession, id: UUID) -> None:
    """Begin again."""
    await (await raw(session)).execute(_FORGET, id)
