"""The tools beside the platform: a local broker, and what `make` says before it begins."""

import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

from deploy.kafka.broker import cluster_id

ROOT = Path(__file__).parents[2]


def test_a_cluster_id_never_begins_like_an_option(monkeypatch: pytest.MonkeyPatch):
    drawn = [uuid.UUID(bytes=bytes([first]) + bytes(15)) for first in (0xF8, 0xFB, 0x12)]
    monkeypatch.setattr(uuid, "uuid4", lambda: drawn.pop(0))
    assert cluster_id() == "EgAAAAAAAAAAAAAAAAAAAA"
    assert drawn == []


def test_a_benchmark_that_needs_wrk_says_so_before_anything_is_installed(tmp_path: Path):
    for program in ("make", "bash"):
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    made = subprocess.run(
        ["make", "bench"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (made.returncode, made.stdout) == (2, "")
    assert made.stderr.splitlines()[0] == "the HTTP benchmarks need wrk: apt-get install wrk"
