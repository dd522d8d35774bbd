"""The steps of an import: open the workbook, read a stretch of its text, mark what came; and the end of its files.

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
from services.registry.exchange.layouts.records import Plan
from services.registry.exchange.layouts.rules import expected, plan_of
from shared.database.session import keys_of
from shared.jobs import Job, Progress
from shared.sheets import queries as files
from shared.sheets.read import behind_header
from shared.sheets.receive import open_workbook
from shared.sheets.records import DataFile

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
        stage = Stage("read" if file.header is None else _first(asked, plan_of(file.header.columns, asked.given)))
    if stage.phase == "read":
        return await _open(session, asked, file)
    assert file.header
    task = Task(asked, file, await known(session, keys_of(session), asked, file.header))
    if stage.phase == "mark":
        over = stage.loaded or not (asked.whole or asked.options.preview or asked.created)
        waits = _goes_on(task, asked) and not stage.loaded
        await mark(session, task, file.header, over=over, waits=waits)
        return await _finish(session, task, stage)
    load, position = stage.phase == "load", stage.position
    if position.offset == 0:
        position = await behind_header(session, task.known.keys, file.id, file.header)
    ended = False
    while not ended:
        position, ended = await stretch(session, task, position, load=load)
        if not (load and asked.whole):
            break
    if not ended:
        return Progress(Stage(stage.phase, position).to_json(), done=position.offset, total=file.bytes)
    return await _after_text(session, task, load=load)


async def _mark_again(session: AsyncSession, asked: Import, file: DataFile) -> Progress:
    """What was marked when it was checked is marked as what waits, unless somebody has decided meanwhile."""
    found = await queries.standing(session, asked.id, lock=True)
    if file.header and asked.marked and found and found.state == "waiting":
        task = Task(asked, file, await known(session, keys_of(session), asked, file.header))
        await mark(session, task, file.header, over=False, waits=True)
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


def _first(asked: Import, plan: Plan) -> Phase:
    completes = plan.layout.a_line == "household"
    return "load" if completes and not (asked.whole or asked.options.preview) else "check"


async def _open(session: AsyncSession, asked: Import, file: DataFile) -> Progress:
    """The workbook becomes text."""
    opened = await open_workbook(session, keys_of(session), file, expected(asked.given))
    assert opened.header
    await service.note_layout(session, asked.id, opened.header, asked.options, asked.given)
    plan = plan_of(opened.header.columns, asked.given)
    return Progress(Stage(_first(asked, plan)).to_json(), done=0, total=opened.bytes)


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
