"""The steps of an import: read a stretch of the file, check its households, register the good ones.

"Accept the good" loads stretch by stretch, each in one transaction. "All or nothing" checks the whole file first
and then loads it in a single transaction, or not at all.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.codes import local
from services.registry.households import registering, uniques
from services.registry.households.rules import Lists
from services.registry.imports import layout, store
from services.registry.imports.checking import Checked, Error, check, error
from services.registry.imports.layout import Lines
from shared import clock
from shared.crypto import KeyRing
from shared.db import caller_of, keys_of, raw
from shared.jobs import Job, Progress
from shared.problems import Conflict

LINES, BATCH = 20_000, 400
_IMPORT = text("SELECT id, division, mode, bytes, columns, rejected FROM import WHERE id = :id")
_VILLAGES = text("""
    SELECT code FROM division WHERE code >= :low AND code < :high AND length(code) = 12 AND valid_to IS NULL
""")


class RegisterMoved(Conflict):
    slug = "register-moved"
    zh = "检查之后登记库有变化，未导入任何数据，请重新导入"
    en = "The register changed after the check; nothing was loaded, please import again"


@dataclass(slots=True)
class Place:
    """Where an import is: in which phase, at which byte and line of the file."""

    phase: str = "start"
    offset: int = 0
    line: int = 2


@dataclass(frozen=True, slots=True)
class _Import:
    file: Any
    keys: KeyRing
    villages: set[str]
    local: Lists
    source: str


async def step(session: AsyncSession, job: Job) -> Progress:
    """One stretch of the file, or the whole load of an all-or-nothing import."""
    place = Place(**job.state) if job.state else Place()
    found = (await session.execute(_IMPORT, {"id": job.args["import_id"]})).one()
    prefix = caller_of(session).division
    villages = set((await session.execute(_VILLAGES, {"low": prefix, "high": prefix + ":"})).scalars())
    words = await local.lists(await raw(session), prefix, await clock.today(session))
    task = _Import(found, keys_of(session), villages, words, f"import:{found.id}")
    if place.phase == "start":
        place.phase = "load" if found.mode == "accept_good" else "check"
        place.offset = await _after_header(session, task)
    if found.mode == "all_or_nothing" and place.phase == "load":
        while not await _stretch(session, task, place):
            continue
        return await _finish(session, task)
    ended = await _stretch(session, task, place)
    if not ended:
        return Progress(asdict(place), done=place.offset, total=found.bytes)
    if place.phase == "load":
        return await _finish(session, task)
    rejected = (await session.execute(_IMPORT, {"id": found.id})).one().rejected
    if rejected:
        return await _finish(session, task)
    return Progress(asdict(Place("load", await _after_header(session, task))), done=found.bytes, total=found.bytes)


async def _after_header(session: AsyncSession, task: _Import) -> int:
    content, _ = await store.window(session, task.keys, task.file.id, 0)
    return content.index(b"\n") + 1 if b"\n" in content else len(content)


async def _stretch(session: AsyncSession, task: _Import, place: Place) -> bool:
    """Check (and in the load phase register) up to some thousand lines; True at the end of the file."""
    content, last = await store.window(session, task.keys, task.file.id, place.offset)
    lines = content.split(b"\n")
    if not last:
        lines = lines[:-1]
    ended = last and len(lines) <= LINES
    taken = lines[:LINES]
    found = list(layout.households([line.decode() for line in taken], task.file.columns, place.line))
    if not ended and found:
        # The last household may go on after this stretch: it belongs to the next one.
        taken = taken[: found.pop().first - place.line]
    async for checked in _checked(task, found, await clock.today(session)):
        await _settle(session, task, place, checked)
    place.offset += sum(len(line) + 1 for line in taken)
    place.line += len(taken)
    return ended


async def _checked(task: _Import, found: list[Lines], today: date) -> AsyncIterator[list[Checked]]:
    """The households checked, some hundred at a time; the next are checked while the database settles these."""

    def check_from(start: int) -> list[Checked]:
        some = found[start : start + BATCH]
        return [check(one, task.keys, task.villages, task.local, today, task.source) for one in some]

    ahead = asyncio.ensure_future(asyncio.to_thread(check_from, 0))
    for start in range(BATCH, len(found) + BATCH, BATCH):
        checked = await ahead
        ahead = asyncio.ensure_future(asyncio.to_thread(check_from, start))
        yield checked
    await ahead


async def _settle(session: AsyncSession, task: _Import, place: Place, checked: list[Checked]) -> None:
    """Compare with the register and within the file, note what is wrong, register what is good."""
    good = [one for one in checked if one.row is not None]
    said = await store.digests(session, [one.row["number"] for one in good if one.row])
    new = [one for one in good if one.row and said.get(one.row["number"]) != one.row["digest"]]
    keys = {unique.key for one in new for unique in one.uniques}
    taken = await uniques.taken(session, keys)
    if place.phase == "check":
        taken |= await store.seen_before(session, task.file.id, task.file.division, sorted(keys))
    rows, unchanged, errors = [], len(good) - len(new), [problem for one in checked for problem in one.errors]
    rejected = len(checked) - len(good)
    for one in new:
        assert one.row is not None
        if said.get(one.row["number"]) == one.row["digest"]:
            unchanged += 1
            continue
        if problems := _conflicts(one, taken):
            errors += problems
            rejected += 1
            continue
        rows.append(one.row)
        said[one.row["number"]] = one.row["digest"]
        taken |= {unique.key for unique in one.uniques}
    if place.phase == "load":
        await _load(session, task, rows, unchanged, rejected)
    else:
        await store.count(session, task.file.id, created=0, unchanged=0, rejected=rejected, persons=0)
    await store.note(session, task.file.id, task.file.division, errors)


async def _load(
    session: AsyncSession, task: _Import, rows: list[dict[str, Any]], unchanged: int, rejected: int
) -> None:
    if rejected and task.file.mode == "all_or_nothing":
        raise RegisterMoved
    if rows:
        await registering.write(await raw(session), rows, caller_of(session).subject)
    persons = sum(len(row["members"]) for row in rows)
    await store.count(
        session, task.file.id, created=len(rows), unchanged=unchanged, rejected=rejected, persons=persons
    )


def _conflicts(one: Checked, taken: set[uniques.Key]) -> list[Error]:
    own = Counter(unique.key for unique in one.uniques)
    met = [(field, member) for key, field, member in one.uniques if key in taken or own[key] > 1]
    if ("number", None) in met:
        zh, en = "户编号已登记，内容不同", "registered with other values"
        return [error(one.lines, "number", "same number, same values", zh, en)]
    zh, en = "此人已登记在册或在文件中重复", "registered already, or twice in the file"
    return [error(one.lines, field, "once in the register", zh, en, member=member) for field, member in met]


async def _finish(session: AsyncSession, task: _Import) -> Progress:
    await store.forget(session, task.file.id)
    size = task.file.bytes
    return Progress({}, done=size, total=size, finished=True, result={"import": str(task.file.id)})
