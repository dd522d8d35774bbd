"""import_workbook: the national layout as Excel, 100,000 persons, checked and released, until it is back marked.

import_workbook_load: from its release on.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from bench.imports import released, worked
from bench.measure import Result, at_least, at_most
from bench.stage import CLERK, VILLAGE, Stage, homes
from demo.generator.households import Household
from services.registry.exchange.imports import service
from services.registry.exchange.imports.records import Options
from services.registry.exchange.layouts.catalogue import layouts
from services.registry.exchange.layouts.records import Given
from shared.sheets import chunks
from shared.sheets.write import Frame, Pieces, Workbook

PERSONS = 100_000
_NAMES = {VILLAGE[:6]: "某县", VILLAGE[:9]: "某乡"}


async def run(stage: Stage) -> list[Result]:
    """A small and a large workbook: persons a second, and the most memory that the process held meanwhile."""
    await stage.bare.executemany(
        "INSERT INTO division (code, name, valid_from, recorded_at, recorded_by)"
        " VALUES ($1, $2, '2000-01-01', now(), 'b')",
        list(_NAMES.items()),
    )
    with ProcessPoolExecutor(1, get_context("spawn")) as maker:  # what making a file takes is not ours
        made = [maker.submit(_made, PERSONS // 10, 21), maker.submit(_made, PERSONS, 22)]
        (_, _, small), (rate, loaded, large) = [await _import(stage, *one.result()) for one in made]
        reader = await _reader(made[1].result()[0])
    return [
        at_least("import_workbook", rate, "persons/s", 5_000),
        at_least("import_workbook_load", loaded, "persons/s", 5_000),
        at_most("import_workbook_memory", large, "MB of the worker's process at the most", 600),
        at_most("import_workbook_reader", reader, "MB of the process that reads the sheet at the most", 100),
        at_most("import_workbook_growth", large / small, "memory at 100,000 persons over that at 10,000", 1.6),
    ]


async def _import(stage: Stage, content: bytes, lines: int) -> tuple[float, float, int]:
    """Persons a second in all, and from the release on; the most memory meanwhile in MB."""
    Path("/proc/self/clear_refs").write_text("5")  # noqa: ASYNC240 (the peak is that from here on)
    began = time.perf_counter()
    async with stage.registry.transaction(CLERK, purpose="bench") as session:
        id = await service.start(session, stage.keys, _pieces(content), Options("accept_good"), Given())
    await worked(stage)
    await released(stage, id)
    since = time.perf_counter()
    await worked(stage)
    async with stage.registry.transaction(CLERK, purpose="bench") as session:
        marked, *_ = await service.marked(session, id)
        back = await chunks.whole(session, stage.keys, marked)
    now = time.perf_counter()
    row = await stage.bare.fetchrow("SELECT persons, rejected FROM import WHERE id = $1", id)
    assert (row["persons"], row["rejected"]) == (lines, 0), dict(row)
    assert back.startswith(b"PK")
    await stage.bare.execute("DELETE FROM outbox")
    return lines / (now - began), lines / (now - since), _peak()


async def _reader(content: bytes) -> int:
    """The most memory that the process held that reads a workbook, in MB, as it says itself in the end: what the
    system says of children begins with the size of their parent.
    """
    program = "import sys, shared.sheets.convert as it; it.main(); sys.stderr.write(open('/proc/self/status').read())"
    pipe = asyncio.subprocess.PIPE
    reading = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe
    )
    _, said = await reading.communicate(content)
    return _megabytes(said.decode())


def _peak() -> int:
    """The most memory that this process held since its peak was forgotten, in MB."""
    return _megabytes(Path("/proc/self/status").read_text())


def _megabytes(status: str) -> int:
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1 << 16):
        yield content[start : start + (1 << 16)]


def _made(persons: int, seed: int) -> tuple[bytes, int]:
    """A workbook of about so many persons in the layout of 2021, and how many stand in it."""
    header, out = layouts()["2021"].columns, Pieces()
    made = homes(persons * 10 // 21, seed=seed)
    rows = [[line.get(name, "") for name in header] for home in made for line in _lines(home)]
    with Workbook(out, Frame("导出", ())) as book:
        book.rows(0, [header])
        book.rows(1, rows)
    return out.take(), len(rows)


def _lines(home: Household) -> Iterator[dict[str, str]]:
    about = {
        "县": "某县",
        "乡": "某乡",
        "行政村": "村",
        "自然村": "一组",
        "户编号": home.number,
        "人数": str(len(home.members)),
        "致贫原因1": home.cause,
        "危房户": "是" if home.unsafe_house else "否",
        "是否解决安全饮用水": "是",
        "人均纯收入": f"{home.income // 100}.00",
        "户联系电话": home.phone,
        "首次识别时间": f"{home.identified_on:%Y%m%d}",
        "人员识别时间": f"{home.identified_on:%Y%m%d}",
    }
    for who in home.members:
        yield about | {
            "人编号": who.number,
            "姓名": who.name,
            "证件号码": who.identity,
            "与户主关系": who.relation,
            "民族": "汉族",
            "文化程度": who.education,
            "在校生状况": "非在校生",
            "健康状况": who.health,
            "劳动技能": who.labour,
            "务工时间(月)": "6",
            "是否参加大病保险": "是",
        }
