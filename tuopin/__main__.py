"""The ``tuopin`` command line."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from tuopin import demo, operations, parked

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tuopin 脱贫: run it, look after it, show it.",
)
app.add_typer(parked.app, name="parked")
app.command(name="demo")(demo.command)
keys = typer.Typer(no_args_is_help=True, help="Keys of this installation.")
app.add_typer(keys, name="keys")


@keys.command("init")
def keys_init(folder: Annotated[Path, typer.Argument(help="where to put them")]) -> None:
    """Make a token key pair and field keys, where there are none yet."""
    from tuopin.keys import initialise

    print("made" if initialise(folder) else "already there", folder)


@app.command()
def token(
    role: Annotated[str, typer.Argument(help="village_cadre, county_office, auditor, …")],
    keys: Annotated[Path, typer.Option(help="folder with issuer.json")] = Path(".data/keys"),
    division: Annotated[str, typer.Option(help="division prefix")] = "220622",
    subject: Annotated[str | None, typer.Option(help="who")] = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 31)] = 12,
) -> None:
    """A signed token for a role in a division (for small installations without an issuer, and for trying out)."""
    from shared.security.auth import issue
    from tuopin.people import caller

    print(issue(keys / "issuer.json", caller(role, division=division, subject=subject), seconds=hours * 3600))


@app.command()
def serve(
    port: Annotated[int, typer.Option()] = 8080,
    data: Annotated[Path, typer.Option(help="folder of database and keys")] = Path(".data/serve"),
) -> None:
    """The four services in one process on one port, with embedded PostgreSQL and the local bus."""
    asyncio.run(operations.serve(data, port))


@app.command()
def api(service: str, port: Annotated[int, typer.Option()] = 8000, host: str = "127.0.0.1") -> None:
    """The API process of one service (distributed mode, settings from the environment)."""
    operations.api(service, host, port)


@app.command()
def worker(
    service: str,
    port: Annotated[int, typer.Option(help="health and metrics")] = 9000,
    host: str = "127.0.0.1",
) -> None:
    """The worker process of one service: relay, consumer, jobs."""
    operations.worker(service, host, port)


@app.command()
def migrate() -> None:
    """Create what is missing: roles, databases, tables, policies, topics."""
    asyncio.run(operations.migrate_all())


@app.command()
def republish(service: str, noun: Annotated[str, typer.Argument(help="e.g. registry.household")]) -> None:
    """Send the present state of every aggregate of a noun as snapshot events, for a new consumer."""
    print(asyncio.run(operations.republish(service, noun)), "snapshots")


@app.command()
def contracts(*, check: Annotated[bool, typer.Option(help="only compare")] = False) -> None:
    """Write (or check) the golden event schemas and the AsyncAPI document."""
    if problems := operations.contracts(check=check):
        print("\n".join(problems))
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Write each service's database/schema.sql from a freshly migrated database."""
    from tuopin import schema as schemas

    for file in asyncio.run(schemas.write()):
        print("written", file)


@app.command()
def health(url: Annotated[str, typer.Argument()] = "http://127.0.0.1:8000/readyz") -> None:
    """Exit 0 where a process says that it is ready."""
    import httpx

    try:
        raise typer.Exit(0 if httpx.get(url, timeout=3).is_success else 1)
    except httpx.HTTPError as error:
        raise typer.Exit(1) from error


def main() -> None:
    """Entry point of the ``tuopin`` script."""
    app()


if __name__ == "__main__":
    main()
