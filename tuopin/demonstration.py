"""Run the demonstration: start the platform, live the campaign, show the report, keep serving."""

import asyncio
import json
import shutil
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from demo.campaign.clock import settle
from demo.campaign.drive import steps
from demo.client import CallFailed, Platform
from demo.generator.county import County, generate
from demo.generator.places import COUNTY
from demo.report import figures
from demo.story import Story
from shared.security.auth import ROLES
from shared.settings import Mode, Profile, Settings
from tuopin.keys import token

_console = Console()
_WEEK = 7 * 24


@dataclass(frozen=True, slots=True)
class Options:
    """What ``tuopin demo`` was asked."""

    exit: bool
    fresh: bool
    seed: int
    port: int
    data: Path
    report: Path | None
    url: str | None
    keys: Path | None


async def run(options: Options) -> int:
    """The exit status: 0 where every figure matches (or nobody asked to exit), else 1."""
    async with AsyncExitStack() as stack:
        serving: asyncio.Task[None] | None = None
        if options.url:
            url, keys = options.url, options.keys or Path(".data/keys")
        else:
            url, keys = f"http://127.0.0.1:{options.port}", options.data / "keys"
            serving = await _start(options, stack)
        tokens = {role: token(keys, role, division=COUNTY, hours=_WEEK) for role in ROLES}
        client = Platform(url, tokens)
        stack.push_async_callback(client.close)
        try:
            stories = await _live(options, client, keys)
        except (CallFailed, httpx.HTTPError) as error:
            _console.print(f"[red]{error}[/red]")
            return 1
        found = await figures(client)
        _show(found)
        _tell(stories)
        if options.report:
            options.report.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        matches = all(figure["matches"] for figure in found)
        if options.exit or serving is None:
            return 0 if matches else 1
        _invite(url, tokens, keys)
        await serving
        return 0


async def _start(options: Options, stack: AsyncExitStack) -> "asyncio.Task[None]":
    from shared.telemetry import configure
    from tuopin.one_process import platform

    unfinished = options.data.exists() and not (options.data / "campaign.json").exists()
    if options.data.exists() and (options.fresh or unfinished):
        await asyncio.to_thread(shutil.rmtree, options.data)
    configure(Settings(mode=Mode.EMBEDDED), "demo", quiet=True)
    running = await stack.enter_async_context(platform(options.data, Profile.DEMONSTRATION, options.port))
    web = running.web(options.port)
    task = asyncio.create_task(web.serve())

    async def stop() -> None:
        web.should_exit = True
        await task

    stack.push_async_callback(stop)
    while not web.started:
        if task.done():
            raise SystemExit(f"port {options.port} is taken; choose another with --port")
        await asyncio.sleep(0.02)
    return task


async def _live(options: Options, client: Platform, keys: Path) -> list[Story]:
    """Live the campaign, unless this data has lived it already; answers what there is to tell of it."""
    marker = options.data / "campaign.json"
    if not options.url and marker.exists():
        await settle(client)
        return [Story(**one) for one in json.loads(marker.read_text())["stories"]]
    county, stories = generate(options.seed), list[Story]()
    client.know(_signatories(county, keys))
    todo, begun = steps(client, county, stories), time.monotonic()
    columns = (SpinnerColumn(), TextColumn("{task.description:<42}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console) as bar:
        task = bar.add_task("", total=len(todo))
        for name, step in todo:
            bar.update(task, description=name)
            await step()
            bar.advance(task)
    seconds = round(time.monotonic() - begun, 1)
    _console.print(f"The campaign took {seconds} s and {client.calls} calls (seed {options.seed}).")
    if not options.url:
        lived = {"seed": options.seed, "seconds": seconds, "calls": client.calls}
        told = {"stories": [one.to_json() for one in stories]}
        marker.write_text(json.dumps(lived | told, ensure_ascii=False))
    return stories


def _signatories(county: County, keys: Path) -> dict[str, str]:
    """A token for everybody who signs for a village, by the name that the token carries."""
    return {
        subject: token(keys, "village_cadre", division=village, subject=subject, hours=_WEEK)
        for village, posts in county.signatories.items()
        for _, subject in posts
    }


def _show(found: list[dict[str, Any]]) -> None:
    table = Table(title="靖宇县 Jingyu county, 2015 to mid 2017: published and counted")
    for name, side in (
        ("figure", "left"),
        ("published", "right"),
        ("counted", "right"),
        ("unit", "left"),
        ("", "left"),
    ):
        table.add_column(name, justify="right" if side == "right" else "left")
    for figure in found:
        relation = {"at_least": "≥ ", "about": "≈ ", "derived": "* "}.get(figure["relation"], "")
        mark = "[green]✓[/green]" if figure["matches"] else "[red]does not match[/red]"
        table.add_row(
            figure["label"], f"{relation}{figure['published']}", str(figure["measured"]), figure["unit"], mark
        )
    _console.print(table)
    _console.print("* derived from published figures, or planted by the generator and unknown to the services")
    missed = sum(not figure["matches"] for figure in found)
    _console.print(f"{len(found) - missed} of {len(found)} figures match.")


def _tell(stories: list[Story]) -> None:
    _console.print("\n[bold]家事与地界 What happened to households and villages[/bold], and where it can be read:")
    for one in stories:
        _console.print(f"\n[italic]{one.title}[/italic]\n  {one.told}。\n  {one.source}", soft_wrap=True)
    _console.print()


def _invite(url: str, tokens: dict[str, str], keys: Path) -> None:
    _console.print(f"\nAPI pages: [bold]{url}/[/bold]   (Ctrl-C stops)\n\nOne token per role, valid for a week:")
    for role, one in tokens.items():
        print(f"{role}: {one}")
    print(
        "\nThey see the whole county. For one village, town or person:\n"
        f"  .venv/bin/tuopin token village_cadre --keys {keys} --division 220622100200 --subject zhao\n"
        "How to work with it: docs/guides/README.md"
    )
