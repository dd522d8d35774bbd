"""The demonstration as a new user starts it: the report matches, and every figure opens down to its rows."""

import asyncio
import json
import os
import re
import signal
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.kafka.broker import free_port
from shared.security.auth import Caller, issue


async def demo(data: Path, *options: str) -> "asyncio.subprocess.Process":
    command = [sys.executable, "-m", "tuopin", "demo", "--data", str(data), *options]
    return await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )


async def rows_of(client: httpx.AsyncClient, figure: dict[str, Any]) -> Decimal:
    total, cursor = Decimal(0), ""
    while cursor is not None:
        joint = "&" if "?" in figure["rows"] else "?"
        page = (await client.get(f"{figure['rows']}{joint}limit=1000{cursor and '&cursor=' + cursor}")).json()
        total += sum(Decimal(str(row["adds"])) for row in page["items"])
        cursor = page["next"]
    return total


@pytest.fixture(scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """The data, the report and what was printed of a campaign."""
    folder = tmp_path_factory.mktemp("demo")
    report = folder / "report.json"
    run = await demo(folder / "data", "--exit", "--port", str(free_port()), "--report", str(report))
    output, _ = await run.communicate()
    assert run.returncode == 0, output.decode()[-3000:]
    return folder / "data", report, output.decode()


async def test_the_campaign_ends_with_every_figure_matching(lived: tuple[Path, Path, str]):
    figures = json.loads(lived[1].read_text())
    assert len(figures) >= 30
    assert [figure["label"] for figure in figures if not figure["matches"]] == []
    exits = next(figure for figure in figures if figure["key"] == "registry.exits_2016.persons")
    assert (exits["published"], exits["measured"]) == (3182, 3182)


def stories(printed: str) -> str:
    """What is told of households and villages."""
    return printed[printed.index("家事与地界") :].split("\n\n\n", maxsplit=1)[0].rstrip()


async def test_the_report_tells_what_happened_to_households_and_villages_in_words(lived: tuple[Path, Path, str]):
    told = stories(lived[2])
    for what in ("户主变更", "脱贫户新生儿", "公示期间并村", "封账后迟报死亡", "death told after a later"):
        assert what in told
    sentences = [line.strip() for line in told.splitlines() if line.strip().endswith("。")]
    assert len(sentences) >= 8
    for sentence in sentences:
        assert not re.search("[A-Za-z]|[0-9]{7}", sentence), sentence


async def test_a_second_start_serves_at_once_and_each_source_opens_to_rows_that_add_up(lived: tuple[Path, Path, str]):
    data, report, printed = lived
    port = free_port()
    run = await demo(data, "--port", str(port))
    token = issue(data / "keys" / "issuer.json", Caller("auditor", frozenset({"auditor"}), "220622"))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        for _ in range(300):
            await asyncio.sleep(0.1)
            try:
                if (await client.get("/")).status_code == 200:
                    break
            except httpx.TransportError:
                continue
        for listed in json.loads(report.read_text()):
            figure = (await client.get(listed["source"])).json()
            assert Decimal(str(figure["value"])) == Decimal(str(listed["measured"])), listed
            assert await rows_of(client, figure) == Decimal(str(listed["measured"])), listed
        page = await client.get("/api/funding/v1/docs")
        assert "https://" not in page.text
    os.kill(run.pid, signal.SIGINT)
    output, _ = await asyncio.wait_for(run.communicate(), 30)
    count = len(json.loads(report.read_text()))
    assert f"{count} of {count} figures match" in output.decode()
    assert stories(output.decode()) == stories(printed)
    assert "Traceback" not in output.decode()
