"""The ``tuopin`` command line."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from tuopin import events

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tuopin 脱贫: run it, look after it, show it.",
)
app.add_typer(events.parked, name="parked")
app.command(name="republish")(events.republish)
keys = typer.Typer(no_args_is_help=True, help="Keys of this installation.")
app.add_typer(keys, name="keys")


@app.command()
def demo(
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
    from tuopin import demonstration
    from tuopin.processes import run

    options = demonstration.Options(exit, fresh, seed, port, data, report, url, keys)
    raise typer.Exit(run(demonstration.run(options)))


@app.command()
def serve(
    port: Annotated[int, typer.Option()] = 8080,
    data: Annotated[Path, typer.Option(help="folder of database and keys")] = Path(".data/serve"),
) -> None:
    """The four services in one process on one port, with embedded PostgreSQL and the local bus."""
    from tuopin import one_process
    from tuopin.processes import run

    run(one_process.serve(data, port))


@app.command()
def api(service: str, port: Annotated[int, typer.Option()] = 8000, host: str = "127.0.0.1") -> None:
    """The API process of one service (distributed mode, settings from the environment)."""
    from tuopin import processes

    processes.api(service, host, port)


@app.command()
def worker(
    service: str,
    port: Annotated[int, typer.Option(help="health and metrics")] = 9000,
    host: str = "127.0.0.1",
) -> None:
    """The worker process of one service: relay, consumer, jobs."""
    from tuopin import processes

    processes.worker(service, host, port)


@app.command()
def migrate() -> None:
    """Create what is missing: roles, databases, tables, policies, topics (settings from the environment)."""
    from tuopin.setup import migrate_all

    asyncio.run(migrate_all())


@keys.command("init")
def keys_init(folder: Annotated[Path, typer.Argument(help="where to put them")]) -> None:
    """Make a token key pair and field keys, where there are none yet."""
    from tuopin.keys import initialise

    print("made" if initialise(folder) else "already there", folder)


@keys.command("revoke")
def keys_revoke(
    folder: Annotated[Path, typer.Argument(help="where revoked.json is, as TUOPIN_REVOKED names it")],
    subject: Annotated[str | None, typer.Option(help="whose tokens, all that were given so far")] = None,
    token_id: Annotated[str | None, typer.Option(help="one token, by its id (jti)")] = None,
) -> None:
    """Withdraw tokens: every process reads it within a minute (TUOPIN_KEYS_SECONDS)."""
    from tuopin.keys import revoke

    if not (subject or token_id):
        raise typer.BadParameter("say whose tokens (--subject), or which (--token-id)")
    revoke(folder, subject=subject, token=token_id)
    print("withdrawn")


@app.command()
def token(
    role: Annotated[str, typer.Argument(help="village_cadre, county_office, auditor, …")],
    division: Annotated[str, typer.Option(help="the code of their county, town or village")],
    keys: Annotated[Path, typer.Option(help="folder with issuer.json")] = Path(".data/keys"),
    subject: Annotated[str | None, typer.Option(help="who")] = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 31)] = 12,
) -> None:
    """A signed token for a role in a division (for small installations without an issuer, and for trying out)."""
    from tuopin.keys import token as signed

    print(signed(keys, role, division=division, subject=subject, hours=hours))


@app.command()
def contracts(*, check: Annotated[bool, typer.Option(help="only compare")] = False) -> None:
    """Write (or check) the golden event schemas and the AsyncAPI document."""
    from tuopin import contracts as documents
    from tuopin.services import all_services

    services = all_services()
    if problems := documents.check(services) if check else documents.write(services):
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
