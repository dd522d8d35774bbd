"""Records of departments in tests: files, events, and runs of the rules over them."""

import csv
import io
from typing import Any

from shared.jobs.runner import run_one_step
from shared.security.crypto import keyring
from shared.security.sealing import public_key, seal
from tests.support.api import Api
from tests.support.told import record, tell


def sheet(*lines: dict[str, str]) -> str:
    """A CSV file with the headers of its lines."""
    out = io.StringIO()
    headers = list(dict.fromkeys(header for line in lines for header in line))
    writer = csv.DictWriter(out, headers, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


async def work(api: Api) -> None:
    """Let the worker do every job that is due."""
    while await run_one_step(api.worker, api.service.jobs, keyring(api.settings)):
        continue


async def deliver(api: Api, feed: str, content: str | bytes, division: str = "220622") -> dict[str, Any]:
    """Send a file and read it; answers its state."""
    async with api.client("county_office", division=division) as client:
        answer = await client.post(f"/feed-files?feed={feed}", content=content)
        assert answer.status_code == 202, answer.text
        await work(api)
        state = (await client.get(f"/feed-files/{answer.json()['id']}")).json()
    assert state["status"] == "done", state
    return state


async def screen(api: Api, *rules: str) -> dict[str, dict[str, int]]:
    """Run rules; answers what each found and raised."""
    async with api.client("county_office") as client:
        answer = await client.post(
            "/screenings", json={"division": "220622"} | ({"rules": list(rules)} if rules else {})
        )
        assert answer.status_code == 202, answer.text
        await work(api)
        state = (await client.get(f"/screenings/{answer.json()['id']}")).json()
    assert state["status"] == "done", state
    return state["results"]


async def doubts(api: Api, rule: str) -> list[dict[str, Any]]:
    """The doubts of a rule, with their evidence."""
    async with api.client("auditor") as client:
        rows = (await client.get("/doubts", params={"rule": rule, "limit": 1000})).json()["items"]
        return [(await client.get(f"/doubts/{row['id']}")).json() for row in rows]


def event(api: Api, feed: str, record_no: str, version: int, number: str | None = None, **facts: Any) -> Any:
    """A department's record as it sends it, its person's number sealed."""
    context = f"departments.record:{feed}:{record_no}"
    sealed = seal(number, public_key(keyring(api.settings)), context=context) if number else None
    state = {"feed": feed, "record_no": record_no, "version": version, "division": "220622", "name": "王某"}
    data = state | {"sealed": sealed, "details": {}} | facts
    return record("departments.record.recorded.v1", f"{feed}/{record_no}", version, data)


__all__ = ["deliver", "doubts", "event", "screen", "sheet", "tell", "work"]
