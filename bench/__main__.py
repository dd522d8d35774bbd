"""``make bench``: run all benchmarks, or those that are named (ARGS="households ledger"), and keep the figures.

Each runs in a process of its own (``python -m bench one NAME FILE``), so that none begins with what another left
behind: its memory, its garbage, its connections.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.measure import Result, write
from bench.stage import require_wrk, stage
from tuopin.processes import run

_ALL = (
    "households",
    "imports",
    "workbooks",
    "reconciliations",
    "ledger",
    "events",
    "years",
    "data_checks",
    "archive",
    "lists",
)


def main(names: list[str]) -> None:
    """Measure, show, write ``bench/results.json``. Ends with 1 where a benchmark broke off."""
    if unknown := set(names) - set(_ALL):
        raise SystemExit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(_ALL)}")
    if not names or "households" in names:
        require_wrk()
    broken, results = [], []
    for name in names or _ALL:
        if (found := _apart(name)) is None:
            broken.append(name)
        else:
            results += found
            write(found)
    table = Table("name", "value", "unit", "baseline", "ratio", "goal", "")
    for one in results:
        mark = "[green]met[/green]" if one.ok else "[red]missed[/red]"
        table.add_row(
            one.name, str(one.value), one.unit, str(one.baseline or ""), str(one.ratio or ""), one.goal, mark
        )
    Console().print(table)
    if broken:
        raise SystemExit(f"broken off: {', '.join(broken)}")


def _apart(name: str) -> list[Result] | None:
    """The figures of one benchmark from a process of its own; None where it broke off."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as file:
        done = subprocess.run([sys.executable, "-m", "bench", "one", name, file.name], check=False)  # noqa: S603
        return None if done.returncode else [Result(**row) for row in json.load(file)]


async def _one(name: str, file: Path) -> None:
    """One benchmark, here."""
    module = import_module(f"bench.{name}")
    async with stage() as ready:
        results = await module.run(ready)
    await asyncio.to_thread(file.write_text, json.dumps([asdict(one) for one in results]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        run(_one(sys.argv[2], Path(sys.argv[3])))
    else:
        main(sys.argv[1:])
