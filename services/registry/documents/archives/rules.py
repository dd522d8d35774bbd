"""The index of an archive: paths that are safe anywhere, and one hash over all of it."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from shared.problems import Conflict, Invalid, NotFound

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
FOLDERS = {
    "certificates": "户有证",
    "village_register": "村有册",
    "township_ledger": "乡有簿",
    "notices": "公示公告",
    "steps": "评议表决记录",
    "attachments": "佐证材料",
    "index": "县有档案",
}
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


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


def attachment_path(code: str, village: str, number: str | None, sha256: str, media_type: str) -> str:
    """Where a paper or photo stands: with its village, by the household's number where it is about one."""
    about = f"{village} {number or '本村'} {sha256[:16]}"
    return path("attachments", code, about, _ENDINGS[media_type])


def counted(record: Mapping[str, object]) -> str:
    """What a step's record says: how many came and voted, what was found, who agreed."""
    said = ""
    match record.get("kind"):
        case "vote":
            came = f"应到{record['representatives']}人，实到{record['present']}人"
            said = f"{came}，同意{record['in_favour']}票，反对{record['against']}票，弃权{record['abstained']}票"
        case "discussion":
            said = f"参加{record['participants']}人，{_stand(record)}：{record['finding']}"
        case "visit" | "inspection":
            said = f"{_stand(record)}：{record['finding']}"
        case "consent":
            said = f"{'同意' if record['agrees'] else '不同意'}，签字人{record['signed_by']}"
        case "application":
            said = str(record["statement"])
        case "notice" | "announcement":
            said = f"张贴于{record['place']}"
        case "comparison":
            found = sum(bool(one.get("holds")) for one in _findings(record))
            said = f"比对发现{found}项排除情形" if found else "比对未发现排除情形"
    return said


def _stand(record: Mapping[str, object]) -> str:
    return "同意" if record.get("supports") else "不同意"


def _findings(record: Mapping[str, object]) -> list[Mapping[str, object]]:
    given = record.get("findings")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
