"""Each process of the platform runs in the same way, whichever command starts it."""

import json
import subprocess
import sys

import pytest

from shared.settings import Profile
from tuopin.one_process import platform

# What a process runs on is told from within it, in the place of what it would do.
_TOLD = """
import asyncio, gc, json, sys
from tuopin import demonstration, one_process, processes
from tuopin.__main__ import app

async def tell(*_args):
    loop = type(asyncio.get_running_loop())
    print(json.dumps([f"{loop.__module__}.{loop.__qualname__}", gc.get_threshold(), gc.get_freeze_count() > 1000]))
    return 0

class Web:
    def __init__(self, *_args): ...
    serve = tell

demonstration.run = one_process.serve = processes._work = tell
processes.server, processes.create_app, processes.AtBase = Web, lambda *_args: None, lambda *_args: None
processes.Settings, processes.configure = lambda: type("S", (), {"stop_seconds": 1})(), lambda *_args: None
app(sys.argv[1:])
"""


def runs_on(*command: str) -> list[object]:
    words = [sys.executable, "-c", _TOLD, *command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    told: list[object] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("command", [("serve",), ("demo", "--exit"), ("worker", "registry"), ("api", "registry")])
def test_serve_and_demo_run_on_the_event_loop_and_collect_garbage_as_api_and_worker_do(command):
    assert runs_on(*command) == ["uvloop.Loop", [50_000, 20, 100], True]


async def test_serve_takes_settings_from_the_environment_and_says_its_own_address(tmp_path, monkeypatch):
    monkeypatch.setenv("TUOPIN_STOP_SECONDS", "7")
    async with platform(tmp_path, Profile.PRODUCTION, 18081) as running:
        assert running.web(18081).config.timeout_graceful_shutdown == 7
        assert running.settings.public_url == "http://127.0.0.1:18081"
    monkeypatch.setenv("TUOPIN_PUBLIC_URL", "https://register.example")
    async with platform(tmp_path, Profile.PRODUCTION, 18081) as running:
        assert running.settings.public_url == "https://register.example"
