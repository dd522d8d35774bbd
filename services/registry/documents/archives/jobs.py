"""The steps of an archive: a town or village a step, then the index over all.

Everything is read as of one day and as known at the moment at which the archive was asked for, and the same data
makes the same documents: a step that is done twice keeps the same objects, whatever happened between.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.archives import queries, rules
from services.registry.documents.certificates import pages as certificates
from services.registry.documents.certificates import queries as certificates_of
from services.registry.documents.registers import pages as printing
from services.registry.documents.registers import service, tables
from shared import documents
from shared.documents import objects
from shared.jobs import Job, Progress
from shared.names.divisions import level

_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Made:
    """A document of a step, before it is kept."""

    kind: str
    code: str
    name: str
    ending: str
    content: bytes
    rows: int


async def step(session: AsyncSession, job: Job) -> Progress:
    """The documents of the next town or village; after the last, the index and the hash over all."""
    archive = (await session.execute(queries.ONE, {"id": job.args["archive_id"]})).one()
    within = {"low": archive.division, "high": archive.division + ":", "as_of": archive.as_of}
    total = job.total or (await session.execute(queries.COUNT, within)).scalar_one()
    unit = (await session.execute(queries.NEXT, within | {"after": job.state.get("after", "")})).one_or_none()
    if unit is None:
        return await _finish(session, archive, total)
    for made in await _documents(session, archive, unit.code):
        await _keep(session, archive, made)
    return Progress({"after": unit.code}, done=job.done + 1, total=total)


async def _documents(session: AsyncSession, archive: Any, code: str) -> list[Made]:
    register = await service.read(session, code, archive.as_of, archive.known_at)
    village = level(code) == "village"
    kind = "village_register" if village else "township_ledger"
    table = tables.village_register(register) if village else tables.township_ledger(register)
    name, rows = register.name(code), len(register.homes)
    making = [(kind, "pdf", rows, printing.pdf(table)), (kind, "xlsx", rows, printing.xlsx(table))]
    if village and any(code.startswith(one) for one in archive.certificates_of):
        bound = {"division": code, "known_at": archive.known_at}
        if sheets := (await session.execute(certificates_of.SHEETS, bound)).all():
            address = f"{session.info['settings'].public_url}/api/{session.info['service']}/v1"
            making.append(("certificates", "pdf", len(sheets), certificates.pdf(sheets, address)))
    # Each in a thread of its own: setting pages, writing workbooks and drawing codes go on side by side.
    contents = await asyncio.gather(*(work for *_, work in making))
    return [
        Made(kind, code, name, ending, content, rows)
        for (kind, ending, rows, _), content in zip(making, contents, strict=True)
    ]


async def _keep(session: AsyncSession, archive: Any, made: Made) -> None:
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


async def _finish(session: AsyncSession, archive: Any, total: int) -> Progress:
    all_of_it = {"id": archive.id, "after": "", "limit": _MAX}
    listed = (await session.execute(queries.ENTRIES, all_of_it)).all()
    table = _index(archive, listed)
    for ending, content in (("pdf", await printing.pdf(table)), ("xlsx", await printing.xlsx(table))):
        await _keep(session, archive, Made("index", archive.division, "档案目录", ending, content, len(listed)))
    entries = (await session.execute(queries.ENTRIES, all_of_it)).all()
    root, size = rules.root(entries), sum(entry.size for entry in entries)
    complete = {"id": archive.id, "root": root, "entries": len(entries), "bytes": size}
    await session.execute(queries.COMPLETE, complete)
    return Progress({}, done=total, total=total, finished=True, result={"root": root, "entries": len(entries)})


def _index(archive: Any, listed: Any) -> tables.Table:
    columns = [("序号", 2), ("文件", 12), ("种类", 4), ("户数", 3), ("页数", 3), ("字节", 4), ("SHA-256", 24)]
    return tables.Table(
        f"{archive.division}档案目录（县有档案）",
        tables.moments(archive.as_of, archive.known_at),
        [tables.Column(*column) for column in columns],
        [
            [number, one.path, rules.FOLDERS[one.kind], one.rows, one.pages or "", one.size, one.sha256]
            for number, one in enumerate(listed, 1)
        ],
        [f"合计：{len(listed)} 份文件"],
        archive.known_at,
        len(listed),
    )
