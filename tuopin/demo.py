"""``tuopin demo``: the demonstration county, from an empty folder to a report and a platform to try."""

from pathlib import Path
from typing import Annotated

import typer


def command(
    *,
    exit: Annotated[bool, typer.Option("--exit", help="stop after the report; status 1 if a figure is off")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="forget the data of an earlier demonstration")] = False,
    seed: Annotated[int, typer.Option(help="another seed, another county with the same totals")] = 2015,
    port: Annotated[int, typer.Option(help="where to serve")] = 8000,
    data: Annotated[Path, typer.Option(help="folder of database and keys")] = Path(".data/demo"),
    report: Annotated[Path | None, typer.Option(help="write the figures as JSON")] = None,
    url: Annotated[str | None, typer.Option(help="drive a running demonstration platform instead")] = None,
    keys: Annotated[Path | None, typer.Option(help="with --url: folder with issuer.json")] = None,
) -> None:
    """Generate the county, live through its campaign of 2015 to mid 2017, print the report, keep serving."""
    import asyncio

    from tuopin.demonstration import Options, run

    raise typer.Exit(asyncio.run(run(Options(exit, fresh, seed, port, data, report, url, keys))))
