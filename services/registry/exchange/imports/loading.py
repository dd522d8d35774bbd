"""The steps of an import: open the workbook, read a stretch of its text, check its households, register the good
ones, mark what came.

"Accept the good" loads stretch by stretch, each in one transaction. "All or nothing" checks the whole file first
and then loads it in a single transaction, or not at all. A preview ends after the check; its load is another job.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import completing, layout, lines, marking, opening, store
from services.registry.exchange.imports.checking import Checked, Error, Known, check, error
from services.registry.exchange.imports.lines import Lines
from services.registry.exchange.imports.outcomes import NEW, SAME, WRONG, Outcomes
from services.registry.exchange.imports.places import places
from services.registry.register.codes import local
from services.registry.register.households import registering, uniques
from services.registry.register.households.rules import Fault
from shared.database.session import caller_of, keys_of, raw
from shared.jobs import Job, Progress
from shared.problems import Conflict
from shared.time import clock

LINES, BATCH = 20_000, 400
CORRECTIONS = 500  # lines of a household table in one step: each is a correction of its own
_ANALYZE = text("SELECT analyze_register()")
_IMPORT = text("""
    SELECT id, division, mode, kind, preview, bytes, columns, header_line, given, sent, marked, rejected
    FROM import WHERE id = :id
""")


class RegisterMoved(Conflict):
    slug = "register-moved"
    zh = "检查之后登记库有变化，未导入任何数据，请重新导入"
    en = "The register changed after the check; nothing was loaded, please import again"


@dataclass(slots=True)
class Place:
    """Where an import is: in which phase, at which byte and line of the text; whether it has loaded."""

    phase: str = "start"
    offset: int = 0
    line: int = 0
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class _Import:
    file: Any
    known: Known


async def step(session: AsyncSession, job: Job) -> Progress:
    """One stretch of the file, or one of its other phases as a whole."""
    place = Place(**job.state) if job.state else Place()
    file = (await session.execute(_IMPORT, {"id": job.args["import_id"]})).one()
    if place.phase == "start":
        place.phase = "read" if file.sent and not file.columns else "load" if job.args.get("load") else _first(file)
        if job.args.get("load"):
            await store.begin_again(session, file.id)
    if place.phase == "read":
        await opening.read(session, keys_of(session), file)
        return Progress(asdict(Place(_first(file))), done=0, total=file.bytes)
    task = _Import(file, await _known(session, file))
    if place.phase == "mark":
        await marking.mark(session, file, task.known.plan, loaded=place.loaded)
        return await _finish(session, file, keep=file.preview and not place.loaded)
    if place.offset == 0:
        place.offset, place.line = await _after_header(session, task), file.header_line + 1
    whole = place.phase == "load" and file.mode == "all_or_nothing"
    while not (ended := await _stretch(session, task, place)) and whole:
        continue
    if not ended:
        return Progress(asdict(place), done=place.offset, total=file.bytes)
    return await _after(session, file, place)


def _first(file: Any) -> str:
    return "load" if file.mode == "accept_good" and not file.preview else "check"


async def _after(session: AsyncSession, file: Any, place: Place) -> Progress:
    """What follows the end of the text: the load, the marked file, or nothing."""
    rejected = (await session.execute(_IMPORT, {"id": file.id})).one().rejected
    loaded = place.phase == "load"
    if not loaded and not file.preview:
        if not rejected:
            await store.begin_again(session, file.id)
            return Progress(asdict(Place("load")), done=file.bytes, total=file.bytes)
        await store.done_nothing(session, file.id)
    if file.kind == "workbook" or rejected:
        return Progress(asdict(Place("mark", loaded=loaded)), done=file.bytes, total=file.bytes)
    return await _finish(session, file, keep=file.preview and not loaded)


async def _known(session: AsyncSession, file: Any) -> Known:
    prefix, today = caller_of(session).division, await clock.today(session)
    days = {name: file.given.get(name) for name in ("identified_on", "effective_on")}
    given = file.given | {name: date.fromisoformat(day) if day else None for name, day in days.items()}
    return Known(
        plan=layout.plan_of(file.columns, given),
        given=given,
        keys=keys_of(session),
        places=await places(session, prefix, today),
        local=await local.lists(await raw(session), prefix, today),
        today=today,
        source=f"import:{file.id}",
    )


async def _after_header(session: AsyncSession, task: _Import) -> int:
    above, _ = await store.lines_from(session, task.known.keys, task.file.id, 0, task.file.header_line)
    return sum(len(line) + 1 for line in above)


async def _stretch(session: AsyncSession, task: _Import, place: Place) -> bool:
    """Check (and in the load phase register) up to some thousand lines; True at the end of the file."""
    completes = task.known.plan.layout.a_line == "household"
    limit = CORRECTIONS if completes else LINES
    taken, ended = await store.lines_from(session, task.known.keys, task.file.id, place.offset, limit)
    found = list(lines.households([line.decode() for line in taken], task.known.plan, place.line))
    if not ended and found:
        # The last household may go on after this stretch: it belongs to the next one.
        taken = taken[: found.pop().first - place.line]
    outcomes = Outcomes(place.line)
    if completes:
        await _complete(session, task, place, found, outcomes)
    else:
        async for checked in _checked(task.known, found):
            await _settle(session, task, place, checked, outcomes)
    await outcomes.keep(session, task.file.id, task.file.division)
    place.offset += sum(len(line) + 1 for line in taken)
    place.line += len(taken)
    return ended


async def _checked(known: Known, found: list[Lines]) -> AsyncIterator[list[Checked]]:
    """The households checked, some hundred at a time; the next are checked while the database settles these."""

    def check_from(start: int) -> list[Checked]:
        return [check(one, known) for one in found[start : start + BATCH]]

    ahead = asyncio.ensure_future(asyncio.to_thread(check_from, 0))
    for start in range(BATCH, len(found) + BATCH, BATCH):
        checked = await ahead
        ahead = asyncio.ensure_future(asyncio.to_thread(check_from, start))
        yield checked
    await ahead


async def _settle(
    session: AsyncSession, task: _Import, place: Place, checked: list[Checked], outcomes: Outcomes
) -> None:
    """Compare with the register and within the file, note what is wrong, register what is good."""
    good = [one for one in checked if one.row is not None]
    said = await store.digests(session, [one.row["number"] for one in good if one.row])
    new = [one for one in good if one.row and said.get(one.row["number"]) != one.row["digest"]]
    keys = {unique.key for one in new for unique in one.uniques}
    taken = await uniques.taken(session, keys)
    if place.phase == "check":
        taken |= await store.seen_before(session, task.file.id, task.file.division, sorted(keys))
    rows, errors = [], [problem for one in checked for problem in one.errors]
    by_outcome: dict[str, list[Lines]] = {
        WRONG: [one.lines for one in checked if one.row is None],
        SAME: [one.lines for one in good if one not in new] if len(new) < len(good) else [],
        NEW: [],
    }
    for one in new:
        assert one.row is not None
        if said.get(one.row["number"]) == one.row["digest"]:
            by_outcome[SAME].append(one.lines)
            continue
        if problems := _conflicts(task.known, one, taken):
            errors += problems
            by_outcome[WRONG].append(one.lines)
            continue
        rows.append(one.row)
        by_outcome[NEW].append(one.lines)
        said[one.row["number"]] = one.row["digest"]
        taken |= {unique.key for unique in one.uniques}
    if place.phase == "load":
        await _load(session, task, rows, moved=bool(by_outcome[WRONG]))
    await store.count(
        session,
        task.file.id,
        created=len(rows),
        unchanged=len(by_outcome[SAME]),
        rejected=len(by_outcome[WRONG]),
        persons=sum(len(row["members"]) for row in rows),
    )
    await store.note(session, task.file.id, task.file.division, errors)
    for letter, households in by_outcome.items():
        outcomes.say(households, letter)


async def _complete(
    session: AsyncSession, task: _Import, place: Place, found: list[Lines], outcomes: Outcomes
) -> None:
    load = place.phase == "load"
    wrong = await completing.settle(session, task.file, task.known, found, outcomes, load=load)
    if wrong and load and task.file.mode == "all_or_nothing":
        raise RegisterMoved


async def _load(session: AsyncSession, task: _Import, rows: list[dict[str, Any]], *, moved: bool) -> None:
    if moved and task.file.mode == "all_or_nothing":
        raise RegisterMoved
    if rows:
        await registering.write(await raw(session), rows, caller_of(session).subject)


def _conflicts(known: Known, one: Checked, taken: set[uniques.Key]) -> list[Error]:
    own = Counter(unique.key for unique in one.uniques)
    met = [(field, member) for key, field, member in one.uniques if key in taken or own[key] > 1]
    if ("number", None) in met:
        zh, en = "户编号已登记，内容不同", "registered with other values"
        return [error(one.lines, known.plan, Fault("number", "same number, same values", zh, en))]
    zh, en = "此人已登记在册或在文件中重复", "registered already, or twice in the file"
    return [
        error(one.lines, known.plan, Fault(field, "once in the register", zh, en), member) for field, member in met
    ]


async def _finish(session: AsyncSession, file: Any, *, keep: bool = False) -> Progress:
    if not keep:
        await store.forget(session, file.id)
    await session.execute(_ANALYZE)
    return Progress({}, done=file.bytes, total=file.bytes, finished=True, result={"import": str(file.id)})
