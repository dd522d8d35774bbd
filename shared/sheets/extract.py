"""Lines of a workbook, read by a process of its own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from shared.problems import Problem
from shared.sheets.container import OLE
from shared.sheets.problems import OF_SLUG, ROWS, BrokenWorkbook, LineTooLong, OldWorkbook, TooHard, TooManyRows

_PROGRAM = Path(__file__).with_name("convert.py")
_ROOT = Path(__file__).parents[2]
_PIECE, _SECONDS = 1 << 18, 180


async def lines(data: bytes) -> AsyncIterator[bytes]:
    """The sheets as pieces of CSV in UTF-8, as ``rows`` writes them. Raises one of shared.sheets.problems (422), also
    after pieces were given.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(),
        limit=_PIECE,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    try:
        async with asyncio.timeout(_SECONDS):
            feeding = asyncio.create_task(_feed(process.stdin, data))
            complaining = asyncio.create_task(process.stderr.read())
            while piece := await process.stdout.read(_PIECE):
                yield piece
            await feeding
            said, code = await complaining, await process.wait()
    except TimeoutError as error:  # once: what is too hard for a computer is so the next time too
        raise TooHard(rule=f"read within {_SECONDS} seconds") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    _judge(said, code, OldWorkbook if data.startswith(OLE) else BrokenWorkbook)


def _environment() -> dict[str, str]:
    """What the interpreter needs to start, and no secret of this process."""
    needed = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**needed, "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"}


async def _feed(into: asyncio.StreamWriter, data: bytes) -> None:
    try:
        into.write(data)
        await into.drain()
        into.close()
    except ConnectionError:
        return  # it ended before it had read everything, and says why


def _judge(said: bytes, code: int, unreadable: type[Problem]) -> None:
    try:
        found = json.loads(said.rsplit(b"\n", 1)[-1])
    except ValueError:
        if code > 0:  # the reader has met what it does not expect
            raise unreadable(rule="a workbook") from None
        # It was ended by its limits, and those are set for the largest workbook that we take.
        raise TooManyRows(limit=ROWS) from None
    slug = found.get("slug")
    if not code and not slug:
        return
    if slug == TooManyRows.slug:
        raise TooManyRows(limit=ROWS)
    if slug == LineTooLong.slug:
        raise LineTooLong(field=f"line {found['line']}", rule="a table", line=found["line"])
    raise OF_SLUG.get(slug or "", unreadable)(rule="a workbook")
