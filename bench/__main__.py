"""``make bench``: run all benchmarks, or those that are named (ARGS="households ledger"), and keep the figures."""

import asyncio
import sys

from rich.console import Console
from rich.table import Table

from bench import archive, data_checks, events, households, imports, ledger, lists, reconciliations, workbooks, years
from bench.measure import Result, write
from bench.stage import require_wrk, stage
from shared.process.collector import collect_less

_ALL = {
    "households": households.run,
    "imports": imports.run,
    "workbooks": workbooks.run,
    "reconciliations": reconciliations.run,
    "ledger": ledger.run,
    "events": events.run,
    "years": years.run,
    "data_checks": data_checks.run,
    "archive": archive.run,
    "lists": lists.run,
}


async def main(names: list[str]) -> None:
    """Measure, show, write ``bench/results.json``."""
    collect_less()  # as every process of the platform does
    if not names or "households" in names:
        require_wrk()
    results: list[Result] = []
    for name in names or _ALL:
        async with stage() as ready:
            results += await _ALL[name](ready)
        write(results)
    table = Table("name", "value", "unit", "baseline", "ratio", "goal", "")
    for one in results:
        mark = "[green]met[/green]" if one.ok else "[red]missed[/red]"
        table.add_row(
            one.name, str(one.value), one.unit, str(one.baseline or ""), str(one.ratio or ""), one.goal, mark
        )
    Console().print(table)


asyncio.run(main(sys.argv[1:]))
