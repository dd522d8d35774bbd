"""Photos and scanned papers as an office sends them: small pictures, no two the same, kept where they belong."""

import hashlib
import struct
import zlib
from collections.abc import Iterable

from demo.client import CallFailed, Platform

_ADDRESS = "/api/registry/v1/attachments"
_WIDTH, _HEIGHT, _BLOCK = 64, 48, 8


def picture(about: str) -> bytes:
    """A PNG of coloured blocks that nothing else has: what it is about decides its colours."""
    colours = hashlib.sha512(about.encode()).digest()
    across = _WIDTH // _BLOCK
    lines = []
    for y in range(_HEIGHT):
        blocks = [(y // _BLOCK * across + x) % 20 * 3 for x in range(across)]
        lines.append(b"\0" + b"".join(colours[at : at + 3] * _BLOCK for at in blocks))
    head = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, content) for name, content in parts)


async def kept(platform: Platform, role: str, abouts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Send a picture for each division and matter; answers their hashes, computed on both sides."""
    hashes = {}
    for division, about in sorted(set(abouts)):
        content = picture(f"{division} {about}")
        answer = await platform.upload(role, f"{_ADDRESS}?division={division}", content, "image/png")
        if answer["sha256"] != hashlib.sha256(content).hexdigest():
            raise CallFailed("a photo was kept under another hash than its own")
        hashes[division, about] = answer["sha256"]
    return hashes


def _part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
