"""The steps of an import: open the workbook, survey it, read a stretch of its text, mark what came; forget all of it.

A table of persons is checked; the load of what is new is another job, of whoever releases it. A household table is
loaded by the same job, unless it is a preview. "Accept the good" loads stretch by stretch, each in one transaction;
"all or nothing" checks the whole file first and then loads it in a single transaction, or not at all.
"""

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries, service
from services.registry.exchange.imports.load import known, stretch
from services.registry.exchange.imports.mark import mark
from services.registry.exchange.imports.records import Import, Phase, Stage, Task
from services.registry.exchange.imports.survey import survey
from services.registry.exchange.layouts.records import Plan
from services.registry.exchange.layouts.rules import expected, plan_of
from shared.database.session import keys_of
from shared.jobs import Job, Progress
from shared.sheets import queries as files
from shared.sheets.receive import open_workbook
from shared.sheets.records import DataFile, Position

_STAGE = TypeAdapter(Stage)


async def work_on(session: AsyncSession, job: Job) -> Progress:
    """One stretch of the file, or one of its other phases as a whole."""
    stage = _STAGE.validate_python(job.state)
    asked = await queries.get(session, job.id_of("import_id"))
    file = await files.get(session, asked.id)
    if job.args.get("mark"):
        return await _mark_again(session, asked, file)
    if stage.phase == "start" and job.args.get("load"):
        await queries.begin_again(session, asked.id)
        stage = Stage("load")
    elif stage.phase == "start":
        stage = Stage("survey" if file.tables else "read")
    if stage.phase == "read":
        return await _open(session, asked, file)
    if stage.phase == "survey":
        return await _survey(session, asked, file)
    task = await _task(session, asked, file, stage.position)
    if stage.phase == "mark":
        return await _mark(session, task, stage)
    return await _read(session, task, stage)


async def _read(session: AsyncSession, task: Task, stage: Stage) -> Progress:
    """Check or load one stretch; what is loaded as a whole or not at all, to its end."""
    asked, file = task.asked, task.file
    load, position, ended = stage.phase == "load", stage.position, False
    while not ended:
        if file.table_at(position.line) is not file.table_at(stage.position.line):
            task = await _task(session, asked, file, position)
        position, ended = await stretch(session, task, position, load=load)
        if not (load and asked.whole):
            break
    if not ended:
        return Progress(Stage(stage.phase, position).to_json(), done=position.offset, total=file.bytes)
    return await _after_text(session, task, load=load)


async def _mark_again(session: AsyncSession, asked: Import, file: DataFile) -> Progress:
    """What was marked when it was checked is marked as what waits, unless somebody has decided meanwhile."""
    found = await queries.standing(session, asked.id, lock=True)
    if file.tables and asked.marked and found and found.state == "waiting":
        await mark(session, await _task(session, asked, file, Position()), over=False, waits=True)
    return Progress(finished=True, result={"import": str(asked.id)})


async def forget(session: AsyncSession, job: Job) -> Progress:
    """Delete what is still there when the days of an import's files are over: what came and what was to go back.

    Where it is kept longer by now, because somebody has asked for it, another job will do so.
    """
    id = job.id_of("import_id")
    if await queries.is_over(session, id):
        await queries.forget(session, id)
        await queries.forget_marked(session, id)
    return Progress(finished=True, result={"import": str(id)})


async def _survey(session: AsyncSession, asked: Import, file: DataFile) -> Progress:
    apart, twice = await survey(session, keys_of(session), asked.given, file)
    await queries.note_survey(session, asked.id, apart, twice)
    first = _first(asked, plan_of(file.tables[0].header.columns, asked.given))
    return Progress(Stage(first).to_json(), done=0, total=file.bytes)


async def _mark(session: AsyncSession, task: Task, stage: Stage) -> Progress:
    asked = task.asked
    over = stage.loaded or not (asked.whole or asked.options.preview or asked.created)
    await mark(session, task, over=over, waits=_goes_on(task, asked) and not stage.loaded)
    return await _finish(session, task, stage)


async def _task(session: AsyncSession, asked: Import, file: DataFile, position: Position) -> Task:
    """The import at work on the table at a position."""
    header = file.table_at(position.line).header
    return Task(asked, file, await known(session, keys_of(session), asked, header))


def _first(asked: Import, plan: Plan) -> Phase:
    completes = plan.layout.a_line == "household"
    return "load" if completes and not (asked.whole or asked.options.preview) else "check"


async def _open(session: AsyncSession, asked: Import, file: DataFile) -> Progress:
    """The workbook becomes text."""
    opened = await open_workbook(session, keys_of(session), file, expected(asked.given))
    await service.note_layout(session, opened, asked.options, asked.given)
    return Progress(Stage("survey").to_json(), done=0, total=opened.bytes)


async def _after_text(session: AsyncSession, task: Task, *, load: bool) -> Progress:
    """What follows the end of the text: the load, the marked file, or nothing."""
    asked, total = task.asked, task.file.bytes
    found = await queries.get(session, asked.id)
    if not load and asked.whole and not asked.options.preview:
        if found.rejected:
            await queries.note_not_loaded(session, asked.id)
        elif task.completes:
            await queries.begin_again(session, asked.id)
            return Progress(Stage("load").to_json(), done=total, total=total)
    after = Stage("mark", loaded=load)
    goes_on = _goes_on(task, found) and not load
    if found.rejected or (task.file.kind == "workbook" and not goes_on):
        return Progress(after.to_json(), done=total, total=total)
    return await _finish(session, task, after)


def _goes_on(task: Task, found: Import) -> bool:
    """Whether what was checked waits for another person at once."""
    wrong = found.whole and found.rejected
    return bool(found.created and not wrong and not task.completes and not found.options.preview)


async def _finish(session: AsyncSession, task: Task, stage: Stage) -> Progress:
    """What is new waits for another person: whoever sent it has asked for it with the file, or does so later.

    The file is kept until it is loaded or its days are over.
    """
    asked = await queries.get(session, task.asked.id)
    if _goes_on(task, asked) and not stage.loaded:
        await service.ask(session, await service.standing(session, asked.id))
    elif stage.loaded or not asked.options.preview:
        await queries.forget(session, asked.id)
    if stage.loaded:
        await queries.analyze(session)
    total = task.file.bytes
    return Progress({}, done=total, total=total, finished=True, result={"import": str(task.asked.id)})
