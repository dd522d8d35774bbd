"""County archives: every register, ledger and certificate with its hash, built in steps that survive a crash."""

import hashlib
import json
import os
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.archives import rules, service
from shared.documents import objects
from shared.jobs import Job, Progress
from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.cases import done, opened
from tests.support.papers import PNG, png
from tests.support.pdf import pages
from tests.support.world import register, villages

TOWN, EAST, WEST = "220622100", "220622100201", "220622100202"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, "220622", TOWN, EAST, WEST)
    for village, size in ((EAST, 2), (EAST, 1), (WEST, 3)):
        await register(registry, size, village=village)
    async with registry.client("county_office") as client:
        answer = await client.post("/certificate-rounds", json={"division": "220622", "reason": "首次发证"})
    assert answer.json()["issued"] == 3


async def begin(api: Api, **body: Any) -> str:
    async with api.client("county_office") as client:
        answer = await client.post("/archives", json={"division": "220622", **body})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def work(api: Api, steps: int = 100) -> int:
    done = 0
    while done < steps and await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
        done += 1
    return done


async def get(api: Api, id: str, path: str = "", role: str = "auditor", **options: Any) -> Any:
    params = options.pop("params", {})
    async with api.client(role, **options) as client:
        return await client.get(f"/archives/{id}{path}", params=params)


async def built(api: Api, **body: Any) -> str:
    id = await begin(api, **body)
    await work(api)
    return id


def stored(api: Api, sha256: str) -> Path:
    (file,) = Path(api.settings.objects).rglob(sha256)
    return file


async def test_an_archive_holds_registers_ledgers_certificates_and_an_index_of_them(registry: Api):
    id = await built(registry)
    archive = (await get(registry, id)).json()
    entries = (await get(registry, id, "/entries")).json()["items"]
    assert (archive["status"], archive["done"], archive["total"], archive["entries"]) == ("done", 3, 3, 10)
    assert [entry["path"] for entry in entries] == [
        f"乡有簿/{TOWN} 村100.pdf",
        f"乡有簿/{TOWN} 村100.xlsx",
        "县有档案/220622 档案目录.pdf",
        "县有档案/220622 档案目录.xlsx",
        f"户有证/{EAST} 村201.pdf",
        f"户有证/{WEST} 村202.pdf",
        f"村有册/{EAST} 村201.pdf",
        f"村有册/{EAST} 村201.xlsx",
        f"村有册/{WEST} 村202.pdf",
        f"村有册/{WEST} 村202.xlsx",
    ]
    certificates = next(entry for entry in entries if entry["path"].startswith(f"户有证/{EAST}"))
    assert (certificates["rows"], certificates["pages"]) == (2, 2)


async def test_the_zip_holds_every_document_as_indexed_and_the_root_is_the_hash_over_the_index(registry: Api):
    id = await built(registry)
    archive = (await get(registry, id)).json()
    answer = await get(registry, id, "/content")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        index = json.loads(packed.read("index.json"))
        lines = ""
        for entry in sorted(index["entries"], key=lambda one: one["path"]):
            content = packed.read(entry["path"])
            lines += f"{entry['path']}\t{hashlib.sha256(content).hexdigest()}\t{len(content)}\n"
        printed = pages(packed.read("县有档案/220622 档案目录.pdf"))
    assert hashlib.sha256(lines.encode()).hexdigest() == archive["root"] == index["root"]
    assert index["entries"][0]["sha256"] in "".join(printed)
    assert (await get(registry, id, "/content")).content == answer.content


async def test_a_zip_of_any_size_is_sent_in_small_pieces(registry: Api):
    kept = objects.of(registry.settings, registry.app.state.runtime.keys)
    large = await kept.put(os.urandom(8 << 20))
    entry = SimpleNamespace(path="大文件.pdf", sha256=large.sha256, size=large.size)
    moment = datetime(2016, 12, 31, tzinfo=UTC)
    pieces = [piece async for piece in service.packed({}, [entry], kept, moment)]
    assert max(map(len, pieces)) < 2 * objects.PIECE
    with zipfile.ZipFile(BytesIO(b"".join(pieces))) as packed:
        assert hashlib.sha256(packed.read("大文件.pdf")).hexdigest() == large.sha256


async def test_the_same_register_archived_twice_has_the_same_root(registry: Api):
    first, again = [(await get(registry, await built(registry))).json() for _ in range(2)]
    assert first["known_at"] == again["known_at"]
    assert first["root"] == again["root"]


async def test_an_archive_can_limit_whose_certificates_it_holds(registry: Api):
    id = await built(registry, certificates_of=[WEST])
    entries = (await get(registry, id, "/entries")).json()["items"]
    assert [entry["path"] for entry in entries if entry["kind"] == "certificates"] == [f"户有证/{WEST} 村202.pdf"]


async def test_a_worker_that_is_killed_in_a_step_repeats_it_and_the_archive_is_whole(registry: Api):
    whole = (await get(registry, await built(registry))).json()["root"]
    id = await begin(registry)
    await work(registry, steps=1)

    async def killed(session: AsyncSession, job: Job) -> Progress:
        await registry.service.jobs[job.kind](session, job)
        await session.execute(text("SELECT 1 / 0"))
        raise AssertionError

    keys = registry.app.state.runtime.keys
    await run_one_step(registry.worker, {"archive": killed}, keys)
    halfway = (await get(registry, id)).json()
    assert (halfway["status"], halfway["done"], halfway["root"]) == ("running", 1, None)
    await registry.worker.pool.execute("UPDATE job SET retry_at = now() WHERE id = $1", UUID(id))
    await work(registry)
    archive = (await get(registry, id)).json()
    assert (archive["status"], archive["root"]) == ("done", whole)
    assert (await get(registry, id, "/verification")).json()["matches"]


async def test_an_archive_that_is_not_complete_is_neither_handed_out_nor_verified(registry: Api):
    id = await begin(registry)
    await work(registry, steps=1)
    for path in ("/content", "/verification"):
        answer = await get(registry, id, path)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:tuopin:problem:archive-not-complete")
    await work(registry)


async def test_verification_names_a_document_that_was_altered_or_lost_and_the_root_no_longer_matches(registry: Api):
    home = await register(registry, village=EAST)
    id = await built(registry)
    assert (await get(registry, id, "/verification")).json()["wrong"] == []
    entries = (await get(registry, id, "/entries")).json()["items"]
    entry = next(one for one in entries if one["path"] == f"村有册/{EAST} 村201.pdf")
    file = stored(registry, entry["sha256"])
    kept = file.read_bytes()
    file.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    try:
        found = (await get(registry, id, "/verification")).json()
    finally:
        file.write_bytes(kept)
    assert (found["matches"], found["wrong"]) == (False, [entry["path"]])
    assert found["root_found"] != found["root"]
    assert home["number"] not in str(found)


async def test_a_complete_archive_cannot_be_changed_in_the_database_either(registry: Api):
    id = UUID(await built(registry))
    owner = await registry.owner()
    try:
        for statement in (
            "UPDATE archive SET root = 'x' WHERE id = $1",
            "DELETE FROM archive_entry WHERE archive_id = $1",
        ):
            with pytest.raises(Exception, match=r"complete|append-only"):
                await owner.execute(statement, id)
    finally:
        await owner.close()


async def test_the_county_next_door_and_a_day_to_come_are_refused(registry: Api):
    id = await built(registry)
    for path in ("", "/entries", "/content", "/verification"):
        assert (await get(registry, id, path, division="220623")).status_code == 404
    async with registry.client("county_office", division="220623") as client:
        assert (await client.post("/archives", json={"division": "220622"})).status_code == 403
    async with registry.client("county_office") as client:
        early = await client.post("/archives", json={"division": "220622", "as_of": "2099-01-01"})
        outside = await client.post("/archives", json={"division": "220622", "certificates_of": ["220623"]})
    assert (early.status_code, outside.status_code) == (422, 403)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "c:\\x", "x\0y", "...", ""])
def test_no_name_of_a_division_leads_out_of_its_folder(name: str):
    path = rules.path("village_register", EAST, name, "pdf")
    folder, _, file = path.partition("/")
    assert folder == "村有册"
    assert not set(file) & set('/\\:*?"<>|\0')
    assert file.startswith(EAST)


async def test_an_archive_holds_the_notices_the_votes_and_the_photos_of_a_village(registry: Api):
    village = "220622100203"
    await villages(registry, village)
    home = await register(registry, 2, village=village)
    async with registry.client("village_cadre", division=village) as client:
        posted = {"id": str(uuid7()), "kind": "household_list", "division": village, "place": "村务公开栏"}
        assert (await client.post("/notices", json=posted)).status_code == 201
        photo = png(8, 8)
        sent = await client.post(
            "/attachments", params={"household_id": home["id"]}, content=photo, headers={"Content-Type": PNG}
        )
        assert sent.status_code in (200, 201), sent.text
    case = await opened(registry, "inclusion", at=village)
    async with registry.client("auditor") as client:
        today = (await client.get("/me")).json()["today"]
    await done(registry, case, "visit", day=today, at=village)
    id = await built(registry)
    found = (await get(registry, id, "/entries", params={"limit": 500})).json()["items"]
    mine = {entry["kind"]: entry for entry in found if f"/{village} " in entry["path"]}
    title = "关于村100村203建档立卡贫困户名单的公示"
    assert mine["notices"]["path"] == f"公示公告/{village} 村203 0001 {title}.pdf"
    digest = hashlib.sha256(photo).hexdigest()
    assert mine["attachments"]["path"] == f"佐证材料/{village} 村203 {home['number']} {digest[:16]}.png"
    assert mine["attachments"]["sha256"] == digest
    with zipfile.ZipFile(BytesIO((await get(registry, id, "/content")).content)) as packed:
        assert packed.read(mine["attachments"]["path"]) == photo
        assert title in "".join(pages(packed.read(mine["notices"]["path"])))
        told = "".join(pages(packed.read(f"评议表决记录/{village} 村203.pdf")))
    assert case["household"]["members"][0]["name"] in told
    assert "入户核实" in told
    assert (await get(registry, id, "/verification")).json()["matches"]
    again = await built(registry)
    assert (await get(registry, again)).json()["root"] == (await get(registry, id)).json()["root"]


VOTED = {"representatives": 30, "present": 24, "in_favour": 20, "against": 3, "abstained": 1}


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"kind": "vote"} | VOTED, "应到30人，实到24人，同意20票，反对3票，弃权1票"),
        ({"kind": "visit", "supports": False, "finding": "有楼房"}, "不同意：有楼房"),
        ({"kind": "discussion", "participants": 9, "supports": True, "finding": "属实"}, "参加9人，同意：属实"),
        ({"kind": "comparison", "findings": [{"holds": False}, {"holds": True}]}, "比对发现1项排除情形"),
        ({"kind": "consent", "agrees": True, "signed_by": "王某"}, "同意，签字人王某"),
    ],
)
def test_what_a_step_recorded_is_said_in_words(record: dict[str, Any], said: str):
    assert rules.counted(record) == said
