"""The files of the tree as the house rules see them."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
_GENERATED = re.compile(r"(^|/)(node_modules|dist)/")
_CODE = {".py", ".ts", ".tsx", ".sql"}
_HISTORY = re.compile(r"(^|/)migrations/versions/|/database/schema\.sql$")


@dataclass(frozen=True)
class Source:
    """One text file: its path from the root, its text and, for Python, its syntax tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def python(self) -> bool:
        return self.path.endswith(".py")

    @property
    def code(self) -> bool:
        """Written by people to be read by people (a migration never grows, a schema is generated)."""
        return PurePosixPath(self.path).suffix in _CODE and not _HISTORY.search(self.path)

    def under(self, *folders: str) -> bool:
        return self.parts[0] in folders


def sources() -> list[Source]:
    """Every text file that git tracks or would track."""
    return list(_read())


def _read() -> Iterator[Source]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for path in sorted(filter(None, listed.split("\0"))):
        file = ROOT / path
        if _GENERATED.search(path) or not file.is_file():
            continue
        try:
            yield Source(path, file.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue
