"""Files by their content: photos, scanned papers, made documents, in a folder or in S3 (``TUOPIN_OBJECTS``).

An object's name is the SHA-256 of its content, so the same content is kept once and a changed one is not found.
All are kept encrypted, for most show a person: a fresh key per object (HKDF of the installation's current key and
random salt) seals pieces of 256 KiB with AES-256-GCM, each bound to the object, its position, and whether it is
the last, so that no piece can be moved, left out or cut off unseen. Key ids stand in front, so keys may rotate.

An object is put before the row that names it: where that row's transaction fails, the object stays without a name.
"""

import hashlib
import io
import os
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import keys_of
from shared.problems import Unavailable
from shared.security.crypto import KeyRing, Undecipherable
from shared.settings import Settings

if TYPE_CHECKING:
    from obstore.store import S3Config

Store = LocalStore | S3Store
PIECE, _SALT, _TAG = 1 << 18, 32, 16
_MAGIC = b"tuopin1"


class ObjectUnavailable(Unavailable):
    slug, zh, en = "object-unavailable", "附件暂时无法读取", "The file cannot be read at the moment"


@dataclass(frozen=True, slots=True)
class Kept:
    """An object's name and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of an installation."""

    store: Store
    keys: KeyRing

    async def put(self, content: bytes | IO[bytes]) -> Kept:
        """Keep content (a file is read twice, in pieces); the same content again changes nothing."""
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(file):
            digest.update(piece)
            size += len(piece)
        name = digest.hexdigest()
        try:
            if not await self._has(name):
                await self.store.put_async(_path(name), _sealed(self.keys, name, file))
        except (BaseError, OSError) as error:
            raise ObjectUnavailable from error
        return Kept(name, size)

    async def get(self, sha256: str) -> AsyncIterator[bytes]:
        """The content of an object in pieces; its first piece is checked before this answers.

        Raises ObjectUnavailable (503) where it is not there, and, when it is read on, Undecipherable.
        """
        pieces = self._opened(sha256)
        try:
            first = await anext(pieces)
        except (BaseError, OSError, Undecipherable) as error:
            raise ObjectUnavailable from error
        return _after(first, pieces)

    async def read(self, sha256: str) -> bytes:
        """The whole content of a small object."""
        return b"".join([piece async for piece in await self.get(sha256)])

    async def _has(self, name: str) -> bool:
        try:
            await self.store.head_async(_path(name))
        except FileNotFoundError:
            return False
        return True

    async def _opened(self, name: str) -> AsyncIterator[bytes]:
        found = await self.store.get_async(_path(name))
        buffer, cipher, position = bytearray(), None, 0
        async for part in found.stream(min_chunk_size=PIECE):
            buffer += part
            if cipher is None and len(buffer) >= _head_length(buffer):
                cipher = _cipher(self.keys, name, buffer)
                del buffer[: _head_length(buffer)]
            # The last piece is the one that nothing follows, so one more byte is waited for.
            while cipher and len(buffer) > PIECE + _TAG:
                yield _unsealed(cipher, name, position, bytes(buffer[: PIECE + _TAG]), last=False)
                del buffer[: PIECE + _TAG]
                position += 1
        if cipher is None:
            raise Undecipherable("no object of ours")
        yield _unsealed(cipher, name, position, bytes(buffer), last=True)


def of(settings: Settings, keys: KeyRing) -> Objects:
    """The objects that a process was told to use."""
    return Objects(_store(settings), keys)


def in_job(session: AsyncSession) -> Objects:
    """The objects of this installation, in jobs."""
    return of(session.info["settings"], keys_of(session))


@cache
def _store(settings: Settings) -> Store:
    if not settings.objects.startswith("s3://"):
        folder = settings.objects or settings.data / "objects"
        return LocalStore(folder, mkdir=True)
    access, secret = settings.objects_access_key, settings.objects_secret_key
    config: S3Config = {
        "region": settings.objects_region,
        "access_key_id": access.get_secret_value() if access else "",
        "secret_access_key": secret.get_secret_value() if secret else "",
    }
    if settings.objects_endpoint:
        config["endpoint"] = settings.objects_endpoint
    plain = settings.objects_endpoint.startswith("http://")
    return S3Store.from_url(settings.objects, config=config, client_options={"allow_http": plain})


def _path(name: str) -> str:
    return f"{name[:2]}/{name[2:4]}/{name}"


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _sealed(keys: KeyRing, name: str, file: IO[bytes]) -> Iterator[bytes]:
    salt, id = os.urandom(_SALT), keys.current.encode()
    yield _MAGIC + bytes([len(id)]) + id + salt
    cipher = _derived(keys, keys.current, salt, name)
    held, position = b"", 0
    for piece in _pieces(file):
        if position or held:
            yield _seal(cipher, name, position, held, last=False)
            position += 1
        held = piece
    yield _seal(cipher, name, position, held, last=True)


def _head_length(head: bytearray) -> int:
    at = len(_MAGIC)
    return at + 1 + (head[at] if len(head) > at else 255) + _SALT


def _cipher(keys: KeyRing, name: str, head: bytearray) -> AESGCM:
    length, at = _head_length(head), len(_MAGIC) + 1
    id = bytes(head[at : length - _SALT]).decode(errors="replace")
    if head[: len(_MAGIC)] != _MAGIC or id not in keys.secrets:
        raise Undecipherable("not readable with the keys of this installation")
    return _derived(keys, id, bytes(head[length - _SALT : length]), name)


def _derived(keys: KeyRing, id: str, salt: bytes, name: str) -> AESGCM:
    # The key serves this one object, so a counter is a nonce that never comes twice.
    return AESGCM(HKDF(SHA256(), 32, salt, b"object:" + name.encode()).derive(keys.secrets[id]))


def _bound(name: str, position: int, *, last: bool) -> tuple[bytes, bytes]:
    return struct.pack(">IQ", 0, position), f"object:{name}:{position}:{int(last)}".encode()


def _seal(cipher: AESGCM, name: str, position: int, piece: bytes, *, last: bool) -> bytes:
    nonce, about = _bound(name, position, last=last)
    return cipher.encrypt(nonce, piece, about)


def _unsealed(cipher: AESGCM, name: str, position: int, piece: bytes, *, last: bool) -> bytes:
    nonce, about = _bound(name, position, last=last)
    try:
        return cipher.decrypt(nonce, piece, about)
    except InvalidTag as error:
        raise Undecipherable("altered, moved, cut off, or of another installation") from error


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
