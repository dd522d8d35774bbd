"""The steps of an import: open the workbook, read a stretch of its text, mark what came; and the end of its files.

"Accept the good" loads stretch by stretch, each in one transaction. "All or nothing" checks the whole file first
and then loads it in a single transaction, or not at all. A preview ends after the check; its load is another job.
"""

from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries
from services.registry.exchange.imports.load import stretch
from services.registry.exchange.imports.mark import mark
from services.registry.exchange.imports.records import Import, Known, Phase, Stage, Task
from services.registry.exchange.layouts.rules import expected, plan_of
from services.registry.register.codes import local
from shared.database.session import caller_of, keys_of, raw
from shared.jobs import Job, Progress
from shared.sheets import queries as files
from shared.sheets.read import behind_header
from shared.sheets.receive import open_workbook
from shared.sheets.records import DataFile, Header
from shared.time import clock

_STAGE = TypeAdapter(Stage)


async def work_on(session: AsyncSession, job: Job) -> Progress:
    """One stretch of the file, or one of its other phases as a whole."""
    stage = _STAGE.validate_python(job.state)
    asked = await queries.get(session, UUID(job.args["import_id"]))
    file = await files.get(session, asked.id)
    if stage.phase == "start" and job.args.get("load"):
        await queries.begin_again(session, asked.id)
        stage = Stage("load")
    elif stage.phase == "start":
        stage = Stage("read" if file.header is None else _first(asked))
    if stage.phase == "read":
        return await _open(session, asked, file)
    assert file.header
    task = Task(asked, file, await _known(session, asked, file.header))
    if stage.phase == "mark":
        await mark(session, task, file.header, loaded=stage.loaded)
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


async def forget(session: AsyncSession, job: Job) -> Progress:
    """Delete what is still there when the days of an import's files are over: what came and what was to go back."""
    id = UUID(job.args["import_id"])
    await queries.forget(session, id)
    await queries.forget_marked(session, id)
    return Progress(finished=True, result={"import": str(id)})


def _first(asked: Import) -> Phase:
    return "check" if asked.whole or asked.options.preview else "load"


async def _open(session: AsyncSession, asked: Import, file: DataFile) -> Progress:
    """The workbook becomes text."""
    opened = await open_workbook(session, keys_of(session), file, expected(asked.given))
    assert opened.header
    await queries.note_layout(session, asked.id, plan_of(opened.header.columns, asked.given))
    return Progress(Stage(_first(asked)).to_json(), done=0, total=opened.bytes)


async def _after_text(session: AsyncSession, task: Task, *, load: bool) -> Progress:
    """What follows the end of the text: the load, the marked file, or nothing."""
    asked, total = task.asked, task.file.bytes
    rejected = (await queries.get(session, asked.id)).rejected
    if not load and not asked.options.preview:
        if not rejected:
            await queries.begin_again(session, asked.id)
            return Progress(Stage("load").to_json(), done=total, total=total)
        await queries.note_not_loaded(session, asked.id)
    after = Stage("mark", loaded=load)
    if task.file.kind == "workbook" or rejected:
        return Progress(after.to_json(), done=total, total=total)
    return await _finish(session, task, after)


async def _known(session: AsyncSession, asked: Import, header: Header) -> Known:
    prefix, today = caller_of(session).division, await clock.today(session)
    return Known(
        plan=plan_of(header.columns, asked.given),
        given=asked.given,
        keys=keys_of(session),
        places=await queries.places(session, prefix),
        local=await local.lists(await raw(session), prefix, today),
        today=today,
        source=f"import:{asked.id}",
    )


async def _finish(session: AsyncSession, task: Task, stage: Stage) -> Progress:
    """The file of a preview is kept until it is loaded or its days are over."""
    if stage.loaded or not task.asked.options.preview:
        await queries.forget(session, task.asked.id)
    await queries.analyze(session)
    total = task.file.bytes
    return Progress({}, done=total, total=total, finished=True, result={"import": str(task.asked.id)})
