"""What holds of the tree as a whole."""

import ast
import re
import statistics
from pathlib import PurePosixPath

from tests.house.python_rules import EDGES
from tests.house.tree import ROOT, sources

ANYS = 14
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


def test_the_import_linter_sees_every_module():
    """It looks for folders without ``__init__.py`` only below folders that have none either."""
    roots = ("services", "shared", "tuopin", "demo", "bench")
    files = [PurePosixPath(source.path) for source in sources() if source.python and source.under(*roots)]
    packages = {file.parent for file in files if file.name == "__init__.py"}
    assert [str(file) for file in files if file.parent not in packages and packages & set(file.parents)] == []


def test_every_edge_that_may_commit_exists():
    assert [edge for edge in EDGES if not (ROOT / edge).is_file()] == []


def test_any_is_written_no_more_often_than_it_was():
    """Where a library takes or gives anything, it is said; this number only goes down."""
    written = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        if source.python and source.under("services", "shared", "tuopin")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name) and node.id == "Any"
    ]
    assert len(written) <= ANYS, written
