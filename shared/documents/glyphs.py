"""Which characters the house's font can print: a paper with an empty box for a name is refused before it is made."""

import struct
from collections.abc import Iterator
from functools import cache
from importlib import resources

from shared.documents import FONT_PACKAGE


def unprintable(text: str) -> str:
    """The characters of a text that the font has no glyph for, each once, in their order."""
    known = _characters()
    return "".join(dict.fromkeys(one for one in text if not one.isspace() and ord(one) not in known))


@cache
def _characters() -> frozenset[int]:
    """Every character that a font of the house has a glyph for."""
    files = [one for one in resources.files(FONT_PACKAGE).iterdir() if one.name.endswith((".ttf", ".otf", ".ttc"))]
    assert files, "the font's package has no font"
    return frozenset(one for file in files for one in _mapped(file.read_bytes()))


def _mapped(font: bytes) -> Iterator[int]:
    """The characters in the table ``cmap`` (segments of format 12, which fonts with more than 65,536 have)."""
    start = struct.unpack(">I", font[12:16])[0] if font[:4] == b"ttcf" else 0
    (tables,) = struct.unpack_from(">H", font, start + 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * number)
        if tag == b"cmap":
            yield from _segments(font, offset)


def _segments(font: bytes, cmap: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)
        kind, _, _, _, groups = struct.unpack_from(">HHIII", font, cmap + offset)
        if kind == 12:
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", font, cmap + offset + 16 + 12 * group)
                yield from range(first, last + 1)
