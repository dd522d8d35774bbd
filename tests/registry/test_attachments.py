"""Attachments: photos and papers are what they say, kept once by their content, seen within the division."""

import contextlib
import hashlib
import time
import zipfile
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.attachments import rules
from shared.problems import Problem
from tests.support.api import Api
from tests.support.papers import JPEG, PDF, PNG, chunk, jpeg, pdf, png
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import register, villages

LIMITS = rules.Limits({PNG: 4096, JPEG: 4096, PDF: 4096}, 1_000_000)
WHOLE = {PNG: png, JPEG: jpeg, PDF: pdf}


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


async def attach(
    api: Api,
    content: bytes,
    kind: str = PNG,
    *,
    role: str = "village_cadre",
    division: str = VILLAGE,
    query: str = "",
) -> httpx.Response:
    async with api.client(role, division=division) as client:
        return await client.post(f"/attachments{query}", content=content, headers={"Content-Type": kind})


def stored(api: Api, sha256: str) -> list[Path]:
    return list(Path(api.settings.objects).rglob(sha256))


@pytest.mark.parametrize("kind", WHOLE)
async def test_a_paper_is_kept_by_its_content_and_comes_back_unchanged_to_be_saved(registry: Api, kind: str):
    home, content = await register(registry), WHOLE[kind]()
    answer = await attach(registry, content, kind, query=f"?household_id={home['id']}")
    kept = answer.json()
    assert answer.status_code == 201
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    assert (kept["size"], kept["division"], kept["household_id"]) == (len(content), VILLAGE, home["id"])
    async with registry.client("auditor") as client:
        read = await client.get(f"/attachments/{kept['sha256']}")
        listed = await client.get(f"/attachments?household_id={home['id']}")
    assert read.content == content
    assert read.headers["content-type"] == kind
    assert read.headers["content-disposition"].startswith("attachment;")
    assert read.headers["x-content-type-options"] == "nosniff"
    assert [one["sha256"] for one in listed.json()["items"]] == [kept["sha256"]]


async def test_the_same_photo_twice_is_one_row_and_one_object(registry: Api):
    content = png()
    first, again = [await attach(registry, content) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(stored(registry, first.json()["sha256"])) == 1


async def test_the_same_photo_in_two_villages_is_two_rows_and_one_object(registry: Api):
    content = png()
    one = await attach(registry, content)
    other = await attach(registry, content, division=OTHER_VILLAGE)
    assert [one.status_code, other.status_code] == [201, 201]
    assert one.json()["id"] != other.json()["id"]
    assert len(stored(registry, one.json()["sha256"])) == 1


async def test_an_attachment_of_the_next_village_is_not_found_even_by_its_hash(registry: Api):
    kept = (await attach(registry, png())).json()
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        assert (await client.get(f"/attachments/{kept['sha256']}")).status_code == 404
    async with registry.client("county_office", division="220623") as client:
        assert (await client.get(f"/attachments/{kept['sha256']}")).status_code == 404


async def test_nothing_is_attached_outside_the_own_division(registry: Api):
    home = await register(registry, village=OTHER_VILLAGE)
    of_household = await attach(registry, png(), query=f"?household_id={home['id']}")
    of_division = await attach(registry, png(), query=f"?division={OTHER_VILLAGE}")
    assert (of_household.status_code, of_division.status_code) == (404, 403)


async def test_who_attached_and_who_saw_stays_on_record(registry: Api):
    kept = (await attach(registry, png())).json()
    async with registry.client("auditor", subject="auditor-zhao") as client:
        await client.get(f"/attachments/{kept['sha256']}")
    seen = await registry.worker.pool.fetch(
        "SELECT action, actor FROM audit_entry WHERE object_kind = 'attachment' AND object_id = $1 ORDER BY id",
        kept["sha256"],
    )
    assert [tuple(row) for row in seen] == [("attachment.kept", "village_cadre"), ("read", "auditor-zhao")]


async def test_a_file_over_the_policys_size_is_refused(registry: Api):
    answer = await attach(registry, png() + bytes(11 << 20))
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:tuopin:problem:attachment-too-large")


def zipped() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("run.exe", b"MZ")
    return target.getvalue()


SCRIPT = chunk(b"tEXt", b"Comment\0<ScRiPt>")
WRONG = {
    "another type than declared": (jpeg(), PNG, "attachment-not-what-it-says"),
    "a page": (b"<html><script>alert(1)</script></html>", PNG, "attachment-not-what-it-says"),
    "a drawing that can act": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml", "attachment-kind"),
    "a page that says so": (b"<html></html>", "text/html", "attachment-kind"),
    "a program": (b"MZ\x90\x00" + bytes(100), "application/x-msdownload", "attachment-kind"),
    "a program as a photo": (b"\x7fELF" + bytes(100), PNG, "attachment-not-what-it-says"),
    "no type": (png(), "", "attachment-kind"),
    "nothing": (b"", PNG, "attachment-not-what-it-says"),
    "a photo cut off": (png()[:-5], PNG, "attachment-not-what-it-says"),
    "a photo without pixels": (png(0, 2), PNG, "attachment-not-what-it-says"),
    "an archive behind a photo": (png() + zipped(), PNG, "attachment-not-what-it-says"),
    "an archive behind a camera's photo": (jpeg() + zipped(), JPEG, "attachment-more-than-it-says"),
    "an archive behind a paper": (pdf(zipped()), PDF, "attachment-more-than-it-says"),
    "a script in a photo": (png()[:-12] + SCRIPT + png()[-12:], PNG, "attachment-more-than-it-says"),
    "a paper that acts": (pdf(b"<</S /JavaScript /JS (app.alert(1))>>"), PDF, "attachment-more-than-it-says"),
    "a paper that starts a program": (pdf(b"<</S /Launch>>"), PDF, "attachment-more-than-it-says"),
    "a paper with a file inside": (pdf(b"<</EmbeddedFiles 3 0 R>>"), PDF, "attachment-more-than-it-says"),
    "a paper cut off": (pdf()[:-12], PDF, "attachment-not-what-it-says"),
    "a photo of too many pixels": (png(20_000, 20_000), PNG, "attachment-pixels"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
async def test_what_is_no_plain_photo_or_paper_is_refused_with_the_reason(registry: Api, case: str):
    content, kind, slug = WRONG[case]
    answer = await attach(registry, content, kind)
    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:tuopin:problem:{slug}")


def test_letters_in_a_papers_compressed_pages_are_not_taken_for_a_script():
    rules.check(pdf(b"<</Length 9>> stream\n/JS /Launch\nendstream"), PDF, LIMITS)


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_paper_cut_anywhere_is_refused(kind: str, data: st.DataObject):
    content = WHOLE[kind]()
    kept = content[: data.draw(st.integers(0, len(content) - 7))]
    with pytest.raises(Problem):
        rules.check(kept, kind, LIMITS)


@given(st.sampled_from(sorted(WHOLE)), st.binary(max_size=400))
def test_whatever_bytes_come_are_taken_or_refused_and_never_a_fault(kind: str, noise: bytes):
    for content in (noise, WHOLE[kind]()[:10] + noise):
        with contextlib.suppress(Problem):
            rules.check(content, kind, LIMITS)


@pytest.mark.parametrize("name", [b"/J#61vaScript", b"/#4a#53", b"/#4A#53"])
def test_a_script_in_a_pdf_is_found_however_its_name_is_written(name: bytes):
    with pytest.raises(Problem):
        rules.check(b"%PDF-1.4\n" + name + b" (x)\nstartxref\n9\n%%EOF", PDF, LIMITS)


def test_a_pdf_of_streams_that_never_end_keeps_nobody_waiting():
    content = b"%PDF-1.4\n" + b"stream\n" * 1_000_000 + b"startxref\n9\n%%EOF"
    begun = time.process_time()
    rules.check(content, PDF, rules.Limits({PDF: 20 << 20}, 1))
    assert time.process_time() - begun < 5


async def test_a_paper_that_a_record_names_is_listed_as_missing_until_it_arrives(registry: Api):
    body, photo = await register(registry), png()
    promised = hashlib.sha256(photo).hexdigest()
    one, today = f"/households/{body['id']}", "2014-12-01"
    patch = {"effective_on": today, "ground": "入户核实", "evidence": [promised], "house_m2": "40.00"}
    async with registry.client("village_cadre", division=VILLAGE) as client:
        done = await client.patch(one, json=patch, headers={"If-Match": '"1"'})
        before = (await client.get("/attachments/missing")).json()["items"]
    assert done.status_code == 200, done.text
    mine = [missing for missing in before if missing["sha256"] == promised]
    assert [missing["kind"] for missing in mine] == ["change"]
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        assert promised not in (await client.get("/attachments/missing")).text
    assert (await attach(registry, photo)).status_code == 201
    async with registry.client("village_cadre", division=VILLAGE) as client:
        assert promised not in (await client.get("/attachments/missing")).text
