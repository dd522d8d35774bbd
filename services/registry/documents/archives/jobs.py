"""The steps of an archive: a town or village a step, then the index over all.

Everything is read as of one day and as known at the moment at which the archive was asked for, and the same data
makes the same documents: a step that is done twice keeps the same objects, whatever happened between.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.archives import queries, rules, service
from services.registry.documents.archives.records import Archive, Entry, Made, Recorded
from services.registry.documents.certificates import pages as certificates
from services.registry.documents.certificates import queries as certificates_of
from services.registry.documents.registers import pages
from services.registry.documents.registers import pages as printing
from services.registry.documents.registers import service as registers
from services.registry.documents.registers.records import Column, Table
from shared import documents
from shared.database.session import keys_of
from shared.documents import objects
from shared.jobs import Job, Progress
from shared.names.divisions import level
from shared.notices import pages as notices


async def build_next(session: AsyncSession, job: Job) -> Progress:
    """The documents of the next town or village; after the last, the index and the hash over all."""
    archive = await service.one(session, job.id_of("archive_id"))
    total = job.total or await queries.count(session, archive)
    code = await queries.following(session, archive, job.after)
    if code is None:
        return await _finish(session, archive, total)
    for made in await _documents(session, archive, code):
        await _keep(session, archive, made)
    if level(code) == "village":
        name = (await registers.read(session, code, archive.as_of, archive.known_at)).name(code)
        for made in await _proceedings(session, archive, code, name):
            await _keep(session, archive, made)
        await _add_papers(session, archive, code, name)
    return Progress({"after": code}, done=job.done + 1, total=total)


async def _documents(session: AsyncSession, archive: Archive, code: str) -> list[Made]:
    register = await registers.read(session, code, archive.as_of, archive.known_at)
    village = level(code) == "village"
    kind = "village_register" if village else "township_ledger"
    table = pages.village_register(register) if village else pages.township_ledger(register)
    name, rows = register.name(code), len(register.homes)
    making = [(kind, "pdf", rows, printing.pdf(table)), (kind, "xlsx", rows, printing.xlsx(table))]
    certified = village and any(code.startswith(one) for one in archive.certificates_of)
    sheets = await certificates_of.sheets(session, code, archive.known_at) if certified else []
    if sheets:
        address = f"{session.info['settings'].public_url}/api/{session.info['service']}/v1"
        making.append(("certificates", "pdf", len(sheets), certificates.pdf(sheets, address, keys_of(session))))
    # Each in a thread of its own: setting pages, writing workbooks and drawing codes go on side by side.
    contents = await asyncio.gather(*(work for *_, work in making))
    return [
        Made(kind, code, name, ending, content, rows)
        for (kind, ending, rows, _), content in zip(making, contents, strict=True)
    ]


async def _proceedings(session: AsyncSession, archive: Archive, code: str, village: str) -> list[Made]:
    """The notices of a village, each as its sheet, and what was recorded at the steps of its cases, as a table."""
    made: list[Made] = []
    for number, notice in enumerate(await queries.notices(session, archive, code), 1):
        content = await documents.pdf(notices.TEMPLATE, notices.paper(notice), tagged=False)
        called = f"{village} {number:04} {notice.title}"
        made.append(Made("notices", code, called, "pdf", content, len(notice.rows)))
    if recorded := await queries.steps(session, archive, code):
        table = _steps(archive, village, recorded)
        made += [
            Made("steps", code, village, "pdf", await printing.pdf(table), len(recorded)),
            Made("steps", code, village, "xlsx", await printing.xlsx(table), len(recorded)),
        ]
    return made


def _steps(archive: Archive, village: str, recorded: Sequence[Recorded]) -> Table:
    columns = [("序号", 2), ("程序", 8), ("户主", 4), ("步骤", 6), ("日期", 4), ("记录", 18), ("备注", 4)]
    return Table(
        f"{village}评议表决记录",
        pages.moments(archive.as_of, archive.known_at),
        [Column(*column) for column in columns],
        [
            [
                number,
                one.procedure,
                one.name,
                one.step,
                one.done_on.isoformat(),
                rules.counted(one.record),
                "退回后作废" if one.void else "",
            ]
            for number, one in enumerate(recorded, 1)
        ],
        [f"合计：{len(recorded)} 条记录"],
        archive.known_at,
        len(recorded),
    )


async def _add_papers(session: AsyncSession, archive: Archive, code: str, village: str) -> None:
    """The photos and papers of a village: they are kept by their hashes already, the index names them."""
    for paper in await queries.papers(session, archive, code):
        path = rules.attachment_path(code, village, paper.number, paper.sha256, paper.media_type)
        values = {
            "archive_id": archive.id,
            "division": archive.division,
            "path": path,
            "kind": "attachments",
            "subject": village,
            "sha256": paper.sha256,
            "size": paper.size,
            "pages": None,
            "rows": 1 if paper.number else 0,
        }
        await session.execute(queries.ADD, values)


async def _keep(session: AsyncSession, archive: Archive, made: Made) -> None:
    kept = await objects.in_job(session).put(made.content)
    values = {
        "archive_id": archive.id,
        "division": archive.division,
        "path": rules.path(made.kind, made.code, made.name, made.ending),
        "kind": made.kind,
        "subject": made.name,
        "sha256": kept.sha256,
        "size": kept.size,
        "pages": documents.page_count(made.content) if made.ending == "pdf" else None,
        "rows": made.rows,
    }
    await session.execute(queries.ADD, values)


async def _finish(session: AsyncSession, archive: Archive, total: int) -> Progress:
    listed = await queries.entries(session, archive.id)
    table = _index(archive, listed)
    for ending, content in (("pdf", await printing.pdf(table)), ("xlsx", await printing.xlsx(table))):
        await _keep(session, archive, Made("index", archive.division, "档案目录", ending, content, len(listed)))
    entries = await queries.entries(session, archive.id)
    root, size = rules.root(entries), sum(entry.size for entry in entries)
    complete = {"id": archive.id, "root": root, "entries": len(entries), "bytes": size}
    await session.execute(queries.COMPLETE, complete)
    return Progress({}, done=total, total=total, finished=True, result={"root": root, "entries": len(entries)})


def _index(archive: Archive, listed: Sequence[Entry]) -> Table:
    columns = [("序号", 2), ("文件", 12), ("种类", 4), ("户数", 3), ("页数", 3), ("字节", 4), ("SHA-256", 24)]
    return Table(
        "县有档案目录",
        pages.moments(archive.as_of, archive.known_at),
        [Column(*column) for column in columns],
        [
            [number, one.path, rules.FOLDERS[one.kind], one.rows, one.pages or "", one.size, one.sha256]
            for number, one in enumerate(listed, 1)
        ],
        [f"合计：{len(listed)} 份文件"],
        archive.known_at,
        len(listed),
    )
