"""A workbook that was sent, given back as it was with marks on it: wrong cells red with a note, and a column saying
what became of each row. Every entry of it keeps its content but those that carry the marks.
"""

import re
import zipfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from zipfile import ZipInfo

from shared.sheets import notes, xlsx
from shared.sheets.container import entries, inflate
from shared.sheets.marked import MarkedRows, RowMark
from shared.sheets.styles import Styles, Unpatchable
from shared.sheets.write import Pieces

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_TYPES = "[Content_Types].xml"
_LEGACY = re.compile(rb'<(?:\w+:)?legacyDrawing\s[^>]*?\bid="([^"]+)"')
_OVERLAP = 1 << 9
Tops = dict[notes.Cell, notes.Cell]


class Patch:
    """A workbook being marked. a ``sheet``, say ``rows`` of it in their order, ``end`` it; then ``close``.

    ``marked`` are the sheets, with the notes on their cells. Raises Unpatchable where it is not written as expected.
    """

    def __init__(self, data: bytes, marked: Mapping[str, Mapping[notes.Cell, str]]) -> None:
        self._data, self._out = data, Pieces()
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._by_name = {entry.filename: entry for entry in entries(data)}
        self._sheets = {sheet.name: sheet.entry for sheet in xlsx.sheets(data)[0] if sheet.name in marked}
        self._changed: dict[str, bytes] = {}
        styles = xlsx.relations(data, self._by_name, "xl/workbook.xml", "/styles")
        self._styles_at = next(iter(styles.values()), "")
        if self._styles_at not in self._by_name or self._sheets.keys() != marked.keys():
            raise Unpatchable("styles and sheets")
        self._styles = Styles(self._whole(self._styles_at))
        self._tops = {name: self._merged(entry, marked[name]) for name, entry in self._sheets.items()}
        self._tails = {
            name: self._with_notes(entry.filename, _moved(marked[name], self._tops[name]))
            for name, entry in self._sheets.items()
        }
        left = {self._styles_at, *(entry.filename for entry in self._sheets.values())}
        for name, entry in self._by_name.items():
            if name not in left and name not in self._changed:
                self._copy(entry)
        for name, content in self._changed.items():
            self._zip.writestr(name, content)

    def sheet(self, sheet: str, header: int, outcome_at: int) -> None:
        """A sheet: where its header stands, and the column of outcomes (both from 0)."""
        self._at = sheet
        entry = self._sheets[sheet]
        self._into = self._zip.open(entry.filename, "w", force_zip64=True)
        self._rows = MarkedRows(inflate(self._data, entry), self._styles, header, outcome_at, self._tails[sheet])

    def rows(self, last: int, marks: Mapping[int, RowMark]) -> None:
        """Go on to a row (from 0), and mark those (from 0) of which something is said."""
        for piece in self._rows.until(last, self._shown(marks)):
            self._into.write(piece)

    def end(self) -> None:
        """The sheet to its end."""
        for piece in self._rows.rest():
            self._into.write(piece)
        self._into.close()

    def close(self) -> None:
        """The workbook to its end."""
        self._zip.writestr(self._styles_at, self._styles.xml())
        self._zip.close()

    def take(self) -> bytes:
        """Everything written since the last time."""
        return self._out.take()

    def _merged(self, entry: ZipInfo, said: Mapping[notes.Cell, str]) -> Tops:
        """Of the cells of a sheet with something wrong those that are merged with one above, which is shown."""
        if not said:
            return {}
        wrong: dict[int, list[int]] = defaultdict(list)
        for row, column in sorted(said):
            wrong[column].append(row)
        tops: Tops = {}
        for top, bottom, column in xlsx.merged(self._data, entry):
            if (rows := wrong.get(column)) is not None:
                below = rows[bisect_right(rows, top) : bisect_right(rows, bottom)]
                tops |= {(row, column): (top, column) for row in below}
        return tops

    def _shown(self, marks: Mapping[int, RowMark]) -> Mapping[int, RowMark]:
        """The marks with those of merged cells on the cell that is shown."""
        if not (tops := self._tops[self._at]):
            return marks
        wrong: dict[int, set[int]] = {row: set() for row in marks}
        for row, mark in marks.items():
            for column in mark.wrong:
                top, _ = tops.get((row, column), (row, column))
                wrong[top if top in marks else row].add(column)
        return {row: RowMark(mark.outcome, frozenset(wrong[row])) for row, mark in marks.items()}

    def _copy(self, entry: ZipInfo) -> None:
        copied = ZipInfo(entry.filename, entry.date_time)
        copied.compress_type, copied.external_attr = zipfile.ZIP_DEFLATED, entry.external_attr
        if entry.is_dir():
            self._zip.writestr(copied, b"")
            return
        with self._zip.open(copied, "w", force_zip64=True) as into:
            for piece in inflate(self._data, entry):
                into.write(piece)

    def _whole(self, name: str) -> bytes:
        return self._changed.get(name) or b"".join(inflate(self._data, self._by_name[name]))

    def _with_notes(self, sheet: str, said: Mapping[notes.Cell, str]) -> str | None:
        """Put notes into the parts of a sheet; the id of a drawing that the sheet has to name."""
        comments_at = next(iter(xlsx.relations(self._data, self._by_name, sheet, "/comments").values()), None)
        if not said and comments_at is None:
            return None
        drawings, named = xlsx.relations(self._data, self._by_name, sheet, "/vmlDrawing"), self._drawing_of(sheet)
        drawing_at = drawings.get(named or "")
        new, number = notes.empty(), len(self._changed)
        comments = self._whole(comments_at) if comments_at else new.comments
        parts = notes.renewed(notes.Parts(comments, self._whole(drawing_at) if drawing_at else new.drawing), said)
        added = list[tuple[str, str]]()
        if comments_at is None:
            comments_at = f"xl/tuopin{number}.comments.xml"
            added.append(("comments", comments_at))
            self._declare(f'<Override PartName="/{comments_at}" ContentType="{_COMMENTS}"/>')
        if drawing_at is None:
            drawing_at = f"xl/drawings/tuopin{number}.vml"
            added.append(("vmlDrawing", drawing_at))
            self._declare(f'<Default Extension="vml" ContentType="{_DRAWING}"/>', unless=b'"vml"')
        self._changed[comments_at], self._changed[drawing_at] = parts.comments, parts.drawing
        self._relate(sheet, added)
        return _id(drawing_at) if ("vmlDrawing", drawing_at) in added else None

    def _drawing_of(self, sheet: str) -> str | None:
        """The id of the drawing that a sheet names for its notes."""
        before = b""
        for piece in inflate(self._data, self._by_name[sheet]):
            joined = before + piece
            if found := _LEGACY.search(joined):
                return found[1].decode()
            before = joined[-_OVERLAP:]
        return None

    def _declare(self, said: str, unless: bytes = b"\0") -> None:
        types = self._whole(_TYPES)
        end = re.search(rb"</((?:\w+:)?)Types>", types)
        if end is None:
            raise Unpatchable("types")
        if unless not in types:
            said = said.replace("<", f"<{end[1].decode()}")
            self._changed[_TYPES] = types[: end.start()] + said.encode() + types[end.start() :]

    def _relate(self, sheet: str, added: list[tuple[str, str]]) -> None:
        folder, _, file = sheet.rpartition("/")
        at = f"{folder}/_rels/{file}.rels"
        known = at in self._by_name or at in self._changed
        relations = self._whole(at) if known else f'<Relationships xmlns="{_PACKAGE}"></Relationships>'.encode()
        relations = re.sub(
            rb"<((?:\w+:)?)Relationships([^>]*?)/>", rb"<\1Relationships\2></\1Relationships>", relations
        )
        end = re.search(rb"</((?:\w+:)?)Relationships>", relations)
        if end is None:
            raise Unpatchable("relations")
        said = "".join(
            f'<{end[1].decode()}Relationship Id="{_id(target)}" Type="{_RELATIONS}/{kind}" Target="/{target}"/>'
            for kind, target in added
        )
        if added:
            self._changed[at] = relations[: end.start()] + said.encode() + relations[end.start() :]


def _moved(said: Mapping[notes.Cell, str], tops: Tops) -> dict[notes.Cell, str]:
    """Notes with those of merged cells on the cell that is shown, each said once."""
    found: dict[notes.Cell, str] = {}
    for cell, note in said.items():
        at = tops.get(cell, cell)
        known = found.get(at, "").split("\n")
        found[at] = note if known == [""] else "\n".join(known if note in known else [*known, note])
    return found


def _id(target: str) -> str:
    return "tuopin-" + re.sub(r"\W", "-", target)
