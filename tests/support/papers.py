"""Photos and papers made by hand, small and whole."""

import struct
import zlib

from shared.names.ids import uuid7

PNG, JPEG, PDF = "image/png", "image/jpeg", "application/pdf"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 2) -> bytes:
    """A picture like no other."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(min(width, 2)) for _ in range(min(height, 2))))
    parts = chunk(b"IHDR", header) + chunk(b"tEXt", b"Comment\0" + uuid7().bytes.hex().encode())
    return b"\x89PNG\r\n\x1a\n" + parts + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """The frame of a photo like no other; its scan is not drawn."""
    comment = uuid7().bytes.hex().encode()
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    segments = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    segments += b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
    segments += b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
    return b"\xff\xd8" + segments + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\x34" + b"\xff\xd9"


def pdf(inside: bytes = b"") -> bytes:
    """A paper like no other."""
    return b"%PDF-1.7\n% " + uuid7().bytes.hex().encode() + b"\n" + inside + b"\nstartxref\n9\n%%EOF\n"
