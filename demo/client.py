"""An API client as any office could write one: a token per role, a key per write, lists cut to size."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx

CHUNK = 500


class CallFailed(RuntimeError):
    """A call that the campaign relies on was refused."""


class Platform:
    """The four services behind one address."""

    def __init__(
        self, base: str, tokens: Mapping[str, str], transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._tokens = dict(tokens)
        self._http = httpx.AsyncClient(base_url=base, transport=transport, timeout=120)
        self.calls = 0

    def know(self, tokens: Mapping[str, str]) -> None:
        """Tokens of further people, by the name with which a call asks for them."""
        self._tokens |= tokens

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, role: str, path: str, /, **params: Any) -> Any:
        """The JSON of a GET. Raises CallFailed."""
        return await self._call("GET", role, path, params=params or None)

    async def download(self, role: str, path: str, /) -> bytes:
        """The file that a GET answers. Raises CallFailed."""
        answer = await self._send("GET", path, {"Authorization": f"Bearer {self._tokens[role]}"}, {})
        if not answer.is_success:
            raise CallFailed(f"GET {path}: {answer.status_code} {answer.text[:500]}")
        return answer.content

    async def put(self, role: str, path: str, body: Any) -> Any:
        """The JSON of a PUT. Raises CallFailed."""
        return await self._call("PUT", role, path, content=json.dumps(body).encode())

    async def post(self, role: str, path: str, body: Any) -> Any:
        """The JSON of a POST. Raises CallFailed."""
        return await self._call("POST", role, path, content=json.dumps(body, ensure_ascii=False).encode())

    async def patch(self, role: str, path: str, body: Any, version: int) -> Any:
        """The JSON of a PATCH of what was read in a version. Raises CallFailed."""
        content = json.dumps(body, ensure_ascii=False).encode()
        return await self._call("PATCH", role, path, content=content, version=version)

    async def upload(self, role: str, path: str, content: bytes, media: str = "text/csv") -> Any:
        """Send a file."""
        return await self._call("POST", role, path, content=content, media=media)

    async def decide(self, role: str, path: str, items: Iterable[dict[str, Any]]) -> "Outcome":
        """Send a list of decisions in pieces; answers what became of them."""
        outcome, listed = Outcome(), list(items)
        for start in range(0, len(listed), CHUNK):
            answer = await self.post(role, path, {"items": listed[start : start + CHUNK]})
            outcome.add(answer["items"])
        return outcome

    async def _call(
        self,
        method: str,
        role: str,
        path: str,
        *,
        media: str = "application/json",
        version: int | None = None,
        **options: Any,
    ) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[role]}", "Content-Type": media}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if method != "GET":
            # The same request has the same key, so whatever is interrupted can be sent again.
            digest = hashlib.sha256(f"{method} {path} {role}".encode() + options["content"]).hexdigest()
            headers["Idempotency-Key"] = digest[:40]
        answer = await self._send(method, path, headers, options)
        for pause in (0.5, 1, 2, 4):
            if not _asks_to_wait(answer):
                break
            await asyncio.sleep(pause)
            answer = await self._send(method, path, headers, options)
        if not answer.is_success:
            raise CallFailed(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    async def _send(self, method: str, path: str, headers: dict[str, str], options: dict[str, Any]) -> httpx.Response:
        self.calls += 1
        return await self._http.request(method, path, headers=headers, **options)


def _asks_to_wait(answer: httpx.Response) -> bool:
    """Whether the same may be sent again a little later: too many calls, a pause, or somebody else at the record."""
    return answer.status_code in (429, 502, 503) or (answer.status_code == 409 and ":problem:busy" in answer.text)


class Outcome:
    """How a list was answered."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.refused: dict[str, dict[str, Any]] = {}

    def add(self, answers: Sequence[dict[str, Any]]) -> None:
        self.statuses.update(answer["status"] for answer in answers)
        self.refused |= {answer["id"]: answer["problem"] for answer in answers if answer["status"] == "refused"}

    def all_accepted(self, what: str) -> None:
        """Raises CallFailed where something was refused."""
        if self.refused:
            problem = next(iter(self.refused.values()))
            raise CallFailed(
                f"{what}: {len(self.refused)} refused, such as {problem['title']} ({problem.get('field')})"
            )
