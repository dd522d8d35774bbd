"""What may be attached: a JPEG, PNG or PDF that is what it says, from its first byte to its last, and nothing else.

Sources: ITU-T T.81 (JPEG markers), W3C PNG (chunks and their CRC), ISO 32000-1 section 7.5 (PDF header and trailer).
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from shared.problems import Invalid, Problem, TooLarge

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_MARK, _SCAN, _END, _WITHOUT_LENGTH = 0xFF, 0xDA, 0xD9, {0x01, *range(0xD0, 0xD9)}
_FRAME_LENGTH, _HEADER_LENGTH = 8, 13  # of a JPEG's frame header at least, of a PNG's header
_HEAD, _TAIL = 1024, 1 << 16  # where readers look for a PDF's header, and for an archive's directory
_ACTIVE_TEXT = re.compile(rb"<(?:script|html|iframe)|<\?php", re.IGNORECASE)
_STREAM, _STREAM_ENDS = re.compile(rb"\bstream\r?\n"), b"endstream"
_ACTIVE_NAMES = ("JavaScript", "JS", "Launch", "EmbeddedFiles", "EmbeddedFile", "RichMedia", "XFA")
# Any character of a name may be written as # and its code (ISO 32000-1, 7.3.5).
_ACTIVE_PDF = re.compile(
    "/(?:{})\\b".format(
        "|".join("".join(f"(?:{one}|(?i:#{ord(one):02x}))" for one in name) for name in _ACTIVE_NAMES)
    ).encode()
)


class KindRefused(Invalid):
    slug = "attachment-kind"
    zh = "只接收 JPEG、PNG 照片和 PDF 文件"
    en = "Only JPEG and PNG photos and PDF files are taken"


class NotWhatItSays(Invalid):
    slug = "attachment-not-what-it-says"
    zh = "文件内容与所报类型不符或已损坏"
    en = "The file is not what its type says, or it is damaged"


class MoreThanItSays(Invalid):
    slug = "attachment-more-than-it-says"
    zh = "文件中含有脚本、附带文件或其他格式的内容"
    en = "The file holds scripts, embedded files or content of another format"


class TooManyPixels(Invalid):
    slug, zh, en = "attachment-pixels", "照片像素过多", "The photo has too many pixels"


class AttachmentTooLarge(TooLarge):
    slug, zh, en = "attachment-too-large", "附件超过大小上限", "The attachment is larger than allowed"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes allowed by type, and pixels of a photo."""

    max_bytes: Mapping[str, int]
    max_pixels: int


def check(content: bytes, declared: str, limits: Limits) -> None:
    """Raises a Problem where content of a declared media type may not be attached."""
    if declared not in limits.max_bytes or declared not in _CHECKS:
        raise KindRefused(field="Content-Type", rule="image/jpeg, image/png or application/pdf")
    if len(content) > limits.max_bytes[declared]:
        raise AttachmentTooLarge(field="body", rule=f"at most {limits.max_bytes[declared]} bytes")
    problem = _CHECKS[declared](content, limits)
    if problem:
        raise problem


def _jpeg(content: bytes, limits: Limits) -> Problem | None:
    size = _jpeg_size(content)
    # Cameras append previews behind the end mark, so what follows it is looked at rather than refused.
    return _photo(content, size, limits)


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of the first frame, where its scan and the end mark follow."""
    at, size = 2, None
    while content.startswith(b"\xff\xd8\xff") and at + 4 <= len(content) and content[at] == _MARK:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker == _MARK or marker in _WITHOUT_LENGTH:
            at += 1 if marker == _MARK else 2
        elif marker == _SCAN:
            return size if b"\xff\xd9" in content[at:] else None
        elif marker == _END or at + 2 + length > len(content):
            return None
        else:
            if marker in _FRAMES and length >= _FRAME_LENGTH:
                size = int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
            at += 2 + length
    return None


def _png(content: bytes, limits: Limits) -> Problem | None:
    return _photo(content, _png_size(content), limits)


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height, where every chunk is whole, pixels are among them, and nothing follows the last."""
    at, size, pixels = len(_PNG), None, False
    while content.startswith(_PNG) and at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4])
        kind, end = content[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(content) or zlib.crc32(content[at + 4 : end]) != int.from_bytes(content[end : end + 4]):
            return None
        if kind == b"IHDR" and size is None and length == _HEADER_LENGTH:
            size = int.from_bytes(content[at + 8 : at + 12]), int.from_bytes(content[at + 12 : at + 16])
        elif size is None:
            return None
        pixels = pixels or kind == b"IDAT"
        at = end + 4
        if kind == b"IEND":
            return size if pixels and at == len(content) else None
    return None


def _photo(content: bytes, size: tuple[int, int] | None, limits: Limits) -> Problem | None:
    if size is None or not all(size):
        return NotWhatItSays(field="body", rule="a whole photo")
    if size[0] * size[1] > limits.max_pixels:
        return TooManyPixels(field="body", rule=f"at most {limits.max_pixels} pixels")
    if b"%PDF-" in content[:_HEAD] or _archive(content) or _ACTIVE_TEXT.search(content):
        return MoreThanItSays(field="body", rule="a photo and nothing else")
    return None


def _pdf(content: bytes, limits: Limits) -> Problem | None:
    tail = content[-_HEAD:]
    if not re.match(rb"%PDF-[12]\.\d", content) or b"%%EOF" not in tail or b"startxref" not in tail:
        return NotWhatItSays(field="body", rule="a whole PDF")
    if _archive(content) or _ACTIVE_TEXT.search(content[:_HEAD]) or _ACTIVE_PDF.search(_without_streams(content)):
        return MoreThanItSays(field="body", rule="pages and nothing else")
    return None


def _without_streams(content: bytes) -> bytes:
    """A PDF without its streams: they are compressed, so any letters may stand in them."""
    kept, at = [], 0
    while (begins := _STREAM.search(content, at)) and (ends := content.find(_STREAM_ENDS, begins.end())) >= 0:
        kept.append(content[at : begins.start()])
        at = ends + len(_STREAM_ENDS)
    return b"".join([*kept, content[at:]])


def _archive(content: bytes) -> bool:
    return b"PK\x05\x06" in content[-_TAIL:]


_CHECKS = {JPEG: _jpeg, PNG: _png, PDF: _pdf}
