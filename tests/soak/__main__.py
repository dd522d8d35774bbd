"""``make soak``: three minutes of load and random kills (ARGS="--seconds 600 --seed 7"), then an audit."""

import argparse
import asyncio
import json
import shutil
import tempfile
import time
from pathlib import Path
from random import Random

from tests.soak.audit import audit
from tests.soak.load import VILLAGES, Clerk, Told
from tests.soak.processes import Platform, start

CLERKS = 6
_SETTLE = 120.0


async def main(seconds: float, seed: int) -> int:
    """0 where nothing is wrong."""
    folder, told = Path(tempfile.mkdtemp(prefix="tuopin-soak-")), Told()
    platform = await start(folder, print)
    try:
        clerks = [Clerk(platform, told, number + 1) for number in range(CLERKS)]
        items = [{"code": code, "name": "村", "valid_from": "2000-01-01"} for code in VILLAGES]
        await clerks[0].post("registry", "county_office", "/divisions", {"items": items})
        until = asyncio.get_running_loop().time() + seconds
        disturbing = asyncio.create_task(_disturb(platform, Random(seed), until))
        await asyncio.gather(*(clerk.work(until) for clerk in clerks))
        await disturbing
        payer = Clerk(platform, told, CLERKS + 1)
        deadline = time.monotonic() + _SETTLE
        waiting = set(told.projects)
        while waiting and time.monotonic() < deadline:
            waiting = {project for project in waiting if not await payer.pay(project)}
        found = await audit(platform, told)
        while found["wrong"] and time.monotonic() < deadline:
            await asyncio.sleep(2)
            found = await audit(platform, told)
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 1 if found["wrong"] else 0
    finally:
        await platform.stop()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _disturb(platform: Platform, random: Random, until: float) -> None:
    while asyncio.get_running_loop().time() < until:
        await asyncio.sleep(random.uniform(1, 5))
        await platform.disturb(random)


parser = argparse.ArgumentParser(prog="make soak")
parser.add_argument("--seconds", type=float, default=180)
parser.add_argument("--seed", type=int, default=2016)
options = parser.parse_args()
raise SystemExit(asyncio.run(main(options.seconds, options.seed)))
