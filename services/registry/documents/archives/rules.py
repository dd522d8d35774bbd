"""The index of an archive: paths that are safe anywhere, and one hash over all of it."""

import hashlib
import re
from collections.abc import Iterable
from typing import Protocol

from shared.problems import Conflict, Invalid, NotFound

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
FOLDERS = {
    "certificates": "户有证",
    "village_register": "村有册",
    "township_ledger": "乡有簿",
    "index": "县有档案",
}


class NoSuchArchive(NotFound):
    slug, zh, en = "no-such-archive", "辖区内没有这份档案", "There is no such archive in your division"


class ArchiveNotComplete(Conflict):
    slug, zh, en = "archive-not-complete", "档案尚未生成完毕", "The archive is not complete yet"


class DayToCome(Invalid):
    slug, zh, en = "day-to-come", "日期尚未到来", "The day has not come yet"


class Listed(Protocol):
    """A line of the index."""

    @property
    def path(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...


def path(kind: str, code: str, name: str, ending: str) -> str:
    """Where a document stands in the archive; nothing in a name leads out of its folder."""
    return f"{FOLDERS[kind]}/{code} {_UNSAFE.sub('_', name).strip(' .')}.{ending}"


def root(entries: Iterable[Listed]) -> str:
    """SHA-256 over the lines of the index (path, hash, size; tab-separated, in the order of paths)."""
    digest = hashlib.sha256()
    for entry in sorted(entries, key=lambda one: one.path):
        digest.update(f"{entry.path}\t{entry.sha256}\t{entry.size}\n".encode())
    return digest.hexdigest()
