"""Whether what people read is in their language: no English word in Chinese, no Chinese character in English."""

import re
from collections.abc import Iterator
from typing import Any

LATIN = re.compile("[A-Za-z]{3,}")
HAN = re.compile("[\u4e00-\u9fff]")
# What is called so in Chinese too.
PROPER = re.compile(r"CSV|XLSX|\.xlsx?|PDF|JPEG|PNG|UTF-8|GB18030|multipart/form-data")
_PROBLEM = "urn:tuopin:problem:"
_QUOTED = re.compile("“[^”]*”|'[^']*'|\"[^\"]*\"|`[^`]*`")  # what was sent, or what somebody has named


def foreign(document: Any, language: str) -> list[str]:
    """The sentences of refusals in a document that are not wholly in a language, but for names and what was sent."""
    return [said for said, names in _sentences(document) if _is_foreign(said, names, language)]


def _is_foreign(said: str, names: list[str], language: str) -> bool:
    for name in sorted(names, key=len, reverse=True):
        said = said.replace(name, "")
    said = PROPER.sub("", _QUOTED.sub("", said))
    return bool((LATIN if language == "zh" else HAN).search(said))


def _sentences(document: Any) -> Iterator[tuple[str, list[str]]]:
    """Titles of problems with the names that stand in them, and messages about fields."""
    match document:
        case list():
            for one in document:
                yield from _sentences(one)
        case {"type": str(kind), "title": str(title), **members} if kind.startswith(_PROBLEM):
            yield title, [one for name, value in members.items() if name not in _OF_PROGRAMS for one in _texts(value)]
            for wrong in members.get("errors") or ():
                yield wrong["message"], []
        case dict():
            for one in document.values():
                yield from _sentences(one)


_OF_PROGRAMS = {"field", "rule", "errors"}


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str) and HAN.search(one)]
