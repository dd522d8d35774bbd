"""Notes on cells of a workbook that was sent: ours are added to those that it has, and ours of another time go.

A note is a comment and a shape in a drawing of its own; a sheet has one part of each.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from xml.sax.saxutils import escape

from shared.sheets.cells import column_name, legal
from shared.sheets.styles import Unpatchable

AUTHOR = "Tuopin"
Cell = tuple[int, int]  # row and column, from 0
MOST = 5_000  # notes of a workbook: spreadsheets open more of them very slowly
_LONGEST = 1_000
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_FORM = (
    f'<v:shapetype {_SPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_STYLE = "position:absolute;margin-left:59.25pt;margin-top:1.5pt;width:192pt;height:64pt;z-index:1;visibility:hidden"
_SHAPE = (
    f'<v:shape {_SPACES} id="_x0000_s%d" type="#_x0000_t202" style="{_STYLE}" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>"
)
_AUTHORS = re.compile(rb"<(?:\w+:)?author\s*/>|<(?:\w+:)?author>(.*?)</(?:\w+:)?author>", re.DOTALL)
_COMMENT = re.compile(rb"<(?:\w+:)?comment\b([^>]*)>.*?</(?:\w+:)?comment>", re.DOTALL)
_SHAPES = re.compile(rb"<(?:\w+:)?shape\b.*?</(?:\w+:)?shape>", re.DOTALL)
_PLACE = re.compile(rb"Row>(\d+)</(?:\w+:)?Row>\s*<(?:\w+:)?Column>(\d+)<")
_REF = re.compile(rb'\bref="\$?([A-Z]{1,3})\$?(\d{1,7})"')
_ID = re.compile(rb"_x0000_s(\d+)")


@dataclass(frozen=True, slots=True)
class Parts:
    """The two parts of a sheet's notes."""

    comments: bytes
    drawing: bytes


def empty() -> Parts:
    """Parts without a note."""
    comments = b'<comments xmlns="%s"><authors></authors><commentList></commentList></comments>' % _MAIN
    drawing = f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
    return Parts(comments, drawing.encode())


def renewed(parts: Parts, notes: Mapping[Cell, str]) -> Parts:
    """The parts with notes of ours instead of those of another time; a cell that has a note of others keeps it."""
    author, comments = _author(parts.comments)
    gone = {_cell(found[1]) for found in _COMMENT.finditer(comments) if _is_by(found[1], author)}
    comments = _COMMENT.sub(lambda found: b"" if _is_by(found[1], author) else found[0], comments)
    drawing = _SHAPES.sub(lambda found: b"" if _of(found[0]) in gone else found[0], parts.drawing)
    theirs = {_cell(found[1]) for found in _COMMENT.finditer(comments)}
    ours = {cell: said for cell, said in notes.items() if _name(cell) not in theirs}
    if not ours:
        return Parts(comments, drawing)
    return Parts(_listed(comments, author, ours), _drawn(drawing, ours))


def _author(comments: bytes) -> tuple[int, bytes]:
    """Which of the authors we are, and the comments with us among them."""
    names = [found[1] or b"" for found in _AUTHORS.finditer(comments)]
    if AUTHOR.encode() in names:
        return names.index(AUTHOR.encode()), comments
    found = re.search(rb"</((?:\w+:)?)authors>|<((?:\w+:)?)authors\s*/>", comments)
    if found is None:
        raise Unpatchable("authors")
    p = found[1] or found[2] or b""
    us = b"<%sauthor>%s</%sauthor>" % (p, AUTHOR.encode(), p)
    opened = b"" if found[0].startswith(b"</") else b"<%sauthors>" % p
    return len(names), comments[: found.start()] + opened + us + b"</%sauthors>" % p + comments[found.end() :]


def _listed(comments: bytes, author: int, notes: Mapping[Cell, str]) -> bytes:
    found = re.search(rb"</((?:\w+:)?)commentList>|<((?:\w+:)?)commentList\s*/>", comments)
    if found is None:
        raise Unpatchable("comments")
    p = (found[1] or found[2] or b"").decode()
    listed = "".join(
        f'<{p}comment ref="{_name(cell)}" authorId="{author}"><{p}text><{p}t xml:space="preserve">'
        f"{escape(legal(said[:_LONGEST]))}</{p}t></{p}text></{p}comment>"
        for cell, said in sorted(notes.items())
    )
    opened = "" if found[0].startswith(b"</") else f"<{p}commentList>"
    said = f"{opened}{listed}</{p}commentList>".encode()
    return comments[: found.start()] + said + comments[found.end() :]


def _drawn(drawing: bytes, notes: Mapping[Cell, str]) -> bytes:
    at = drawing.rfind(b"</xml>")
    if at < 0:
        raise Unpatchable("drawing")
    ids = count(max((int(id) for id in _ID.findall(drawing)), default=1_024) + 1)
    shapes = "".join(_SHAPE % (next(ids), *cell) for cell in sorted(notes))
    form = b"" if b'"_x0000_t202"' in drawing.partition(b"shape ")[0] else _FORM.encode()
    return drawing[:at] + form + shapes.encode() + drawing[at:]


def _is_by(said: bytes, author: int) -> bool:
    return b'authorId="%d"' % author in said


def _cell(said: bytes) -> str:
    found = _REF.search(said)
    return (found[1] + found[2]).decode() if found else ""


def _of(shape: bytes) -> str:
    found = _PLACE.search(shape)
    return _name((int(found[1]), int(found[2]))) if found else "-"


def _name(cell: Cell) -> str:
    return f"{column_name(cell[1])}{cell[0] + 1}"
