"""Objects: kept once by their content, sealed, in a folder or in S3, and nothing altered passes as the original."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from shared.documents import objects
from shared.documents.objects import PIECE, Objects, ObjectUnavailable
from shared.security.crypto import KeyRing, Undecipherable
from shared.settings import Mode, Settings

SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 7]
KEYS = KeyRing.generate()


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    client.create_bucket(Bucket="papers")
    yield address
    client.close()
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return objects.of(Settings(mode=Mode.EMBEDDED, objects=str(tmp_path / "objects")), KEYS)
    settings = Settings(
        mode=Mode.EMBEDDED,
        objects="s3://papers",
        objects_endpoint=request.getfixturevalue("s3"),
        objects_access_key=SecretStr("a"),
        objects_secret_key=SecretStr("b"),
    )
    return objects.of(settings, KEYS)


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_kept_comes_back_as_it_was_under_the_name_of_its_content(kept: Objects, size: int):
    content = os.urandom(size)
    stored = await kept.put(content)
    assert (stored.sha256, stored.size) == (hashlib.sha256(content).hexdigest(), size)
    assert await kept.read(stored.sha256) == content


async def test_a_large_file_goes_in_and_out_in_pieces(kept: Objects, tmp_path: Path):
    file = tmp_path / "large"
    file.write_bytes(os.urandom(1 << 20) * 20)
    with file.open("rb") as content:
        stored = await kept.put(content)
    digest, longest = hashlib.sha256(), 0
    async for piece in await kept.get(stored.sha256):
        digest.update(piece)
        longest = max(longest, len(piece))
    assert digest.hexdigest() == stored.sha256
    assert longest <= PIECE


async def test_an_object_that_is_not_there_is_said_to_be_unavailable(kept: Objects):
    with pytest.raises(ObjectUnavailable):
        await kept.get("0" * 64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "folder"


@pytest.fixture
def local(folder: Path) -> Objects:
    return objects.of(Settings(mode=Mode.EMBEDDED, objects=str(folder)), KEYS)


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


async def test_the_same_content_is_one_file(local: Objects, folder: Path):
    first, again = await local.put(b"the same"), await local.put(b"the same")
    assert first == again
    (file,) = files(folder)
    assert file.name == first.sha256


async def test_nothing_of_the_content_can_be_read_in_the_folder(local: Objects, folder: Path):
    await local.put("王某 220622196005041234".encode() * 1000)
    (file,) = files(folder)
    assert b"220622" not in file.read_bytes()


@pytest.mark.parametrize("where", [0, 40, -1])
async def test_an_altered_object_is_not_given_out(local: Objects, folder: Path, where: int):
    stored = await local.put(b"a paper")
    (file,) = files(folder)
    damaged = bytearray(file.read_bytes())
    damaged[where] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(ObjectUnavailable):
        await local.read(stored.sha256)


async def test_an_object_that_was_cut_at_a_piece_does_not_pass_as_a_shorter_one(local: Objects, folder: Path):
    stored = await local.put(os.urandom(2 * PIECE))
    (file,) = files(folder)
    file.write_bytes(file.read_bytes()[: -(PIECE + 16)])
    with pytest.raises((Undecipherable, ObjectUnavailable)):
        await local.read(stored.sha256)


async def test_an_object_under_another_ones_name_is_not_given_out(local: Objects, folder: Path):
    one, other = await local.put(b"one"), await local.put(b"other")
    first, second = (next(file for file in files(folder) if file.name == kept.sha256) for kept in (one, other))
    second.write_bytes(first.read_bytes())
    with pytest.raises(ObjectUnavailable):
        await local.read(other.sha256)


async def test_objects_of_an_older_key_stay_readable_and_those_of_another_installation_do_not(
    local: Objects, folder: Path
):
    stored = await local.put(b"before the rotation")
    old, new = KEYS.to_json(), KeyRing.generate().to_json()
    both = {"current": "k2", "keys": old["fields"]["keys"] | {"k2": new["fields"]["keys"]["k1"]}}
    rotated = Objects(local.store, KeyRing.from_json({"fields": both, "index": old["index"]}))
    assert await rotated.read(stored.sha256) == b"before the rotation"
    with pytest.raises(ObjectUnavailable):
        await Objects(local.store, KeyRing.generate()).read(stored.sha256)
