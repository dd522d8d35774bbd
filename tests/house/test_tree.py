"""What holds of the tree as a whole."""

import re
import statistics

from tests.house.python_rules import EDGES
from tests.house.tree import ROOT, sources

_PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", re.MULTILINE)


def test_the_median_file_is_under_90_lines():
    lengths = [source.text.count("\n") for source in sources() if source.code and source.text]
    assert statistics.median(lengths) < 90


def test_what_is_tested_with_is_what_runs():
    runs, tests = (
        set(_PIN.findall((ROOT / lock).read_text())) for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert runs
    assert runs <= tests


def test_every_locked_package_has_hashes_and_no_lock_names_an_address():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        assert "://" not in text
        for requirement in re.split(r"\n(?=[\w.-]+(?:\[|==))", text):
            if _PIN.match(requirement):
                assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_every_edge_that_may_commit_exists():
    assert [edge for edge in EDGES if not (ROOT / edge).is_file()] == []
