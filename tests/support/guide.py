"""The calls that a guide shows: who makes each and when, what is sent, and what has to come back.

A block is marked ``http``. Its first line says role, name and day (before them, where it is one's own, the village or
town); then come the call, its headers, the body, and behind an empty line and the status what the answer has to say.
``⟨…⟩`` is a name: of what an earlier answer gave, of a village, or of a new record, whose id the sender makes. What
is shown of an answer has to be there; ``…`` is whatever stands there, and ``"…"`` in a list are further items.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shared.names.ids import uuid7
from shared.names.words import ROLES

BLOCK = re.compile(r"^```http\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"⟨([^⟩]+)⟩")
_CALL = re.compile(r"(GET|POST|PATCH|PUT) (/\S+)")
_STATUS = re.compile(r"\n\n(\d{3})(?: ([\w/.+-]+))?(?:\n|$)")
_HEADER = re.compile(r"([A-Z][A-Za-z-]+): (.+)")


@dataclass(frozen=True, slots=True)
class Call:
    """One block of a guide; ``line`` is where it begins."""

    line: int
    place: str | None
    role: str
    who: str
    day: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str
    status: int
    kind: str | None
    answered: tuple[tuple[str, str], ...]
    answer: str

    @property
    def service(self) -> str:
        return self.path.split("/")[2] if self.path.startswith("/api/") else "registry"


def calls(text: str) -> Iterator[Call]:
    """The calls of a guide, in its order."""
    roles = {word.zh: role for role, word in ROLES.items()}
    for block in BLOCK.finditer(text):
        found = _STATUS.search(block[1])
        assert found, block[1]
        sent, status, answered = block[1][: found.start()], int(found[1]), block[1][found.end() :].rstrip("\n")
        said, call, *rest = sent.split("\n")
        *place, role, who, day = said.split(" ")
        headers, body = _headers(rest)
        told, answer = _headers(answered.split("\n") if answered else [])
        method, path = _CALL.fullmatch(call).groups()  # type: ignore[union-attr]
        yield Call(
            line=text.count("\n", 0, block.start()) + 1,
            place=place[0] if place else None,
            role=roles[role],
            who=who,
            day=day,
            method=method,
            path=path,
            headers=headers,
            body=body,
            status=status,
            kind=found[2],
            answered=told,
            answer=answer,
        )


def _headers(lines: list[str]) -> tuple[tuple[tuple[str, str], ...], str]:
    """The headers at the beginning of some lines, and the rest."""
    headers = []
    while lines and (one := _HEADER.fullmatch(lines[0])):
        headers.append((one[1], one[2]))
        lines = lines[1:]
    return tuple(headers), "\n".join(lines).strip("\n")


class Names:
    """What the names of a guide stand for so far."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = dict(known)

    def filled(self, text: str, *, new: bool = False) -> str:
        """A text with its names replaced. One that stands for nothing yet is given an id where it may be ``new``."""

        def value(found: re.Match[str]) -> str:
            if new and found[1] not in self._known:
                self._known[found[1]] = str(uuid7())
            assert found[1] in self._known, f"⟨{found[1]}⟩ stands for nothing yet"
            return self._known[found[1]]

        return _NAME.sub(value, text)

    def of(self, name: str) -> str | None:
        """What a name stands for so far."""
        return self._known.get(name)

    def differences(self, shown: Any, got: Any, at: str = "") -> Iterator[str]:
        """Where an answer is not what is shown. A name that stands for nothing yet stands for what is there now."""
        match shown:
            case dict():
                for key, one in shown.items():
                    if not isinstance(got, dict) or key not in got:
                        yield f"{at}.{key} is missing"
                    else:
                        yield from self.differences(one, got[key], f"{at}.{key}")
            case list():
                yield from self._items(shown, got, at)
            case str() if isinstance(got, str) or shown == "…":
                yield from self._text(shown, got, at)
            case _:
                if shown != got or type(shown) is not type(got):
                    yield f"{at}: {got!r}, shown {shown!r}"

    def _items(self, shown: list[Any], got: Any, at: str) -> Iterator[str]:
        if not isinstance(got, list):
            yield f"{at}: no list"
            return
        if "…" not in shown:
            if len(shown) != len(got):
                yield f"{at}: {len(got)} items, shown {len(shown)}"
            for n, (one, other) in enumerate(zip(shown, got, strict=False)):
                yield from self.differences(one, other, f"{at}[{n}]")
            return
        rest = iter(got)
        for n, one in enumerate(one for one in shown if one != "…"):
            if not any(self._fits(one, other) for other in rest):
                yield f"{at}: item {n} is not there"

    def _fits(self, shown: Any, got: Any) -> bool:
        tried = Names(self._known)
        fits = not list(tried.differences(shown, got))
        if fits:
            self._known = tried._known
        return fits

    def _text(self, shown: str, got: Any, at: str) -> Iterator[str]:
        whole = _NAME.fullmatch(shown)
        if whole and whole[1] not in self._known:
            self._known[whole[1]] = got
            return
        parts = [re.escape(part) for part in self.filled(shown).split("…")]
        if got is None or (shown != "…" and not re.fullmatch(".*".join(parts), got, re.DOTALL)):
            yield f"{at}: {got!r}, shown {shown!r}"


def differences(names: Names, call: Call, status: int, headers: Mapping[str, str], content: bytes) -> list[str]:
    """Where the answer to a call is not what the guide shows of it."""
    if status != call.status:
        return [f"status {status}, shown {call.status}: {content[:1500].decode(errors='replace')}"]
    found = []
    if call.kind and not headers.get("content-type", "").startswith(call.kind):
        found.append(f"Content-Type {headers.get('content-type')}")
    for name, value in call.answered:
        found += names.differences(value, headers.get(name.lower()), name)
    if call.answer.startswith(("{", "[")):
        found += names.differences(json.loads(call.answer), json.loads(content))
    elif call.answer:
        text = content.decode("utf-8-sig")
        found += [f"not said: {line}" for line in call.answer.split("\n") if names.filled(line) not in text]
    return found + ([f"it says {content[:3000].decode(errors='replace')}"] if found else [])
