"""The styles of a workbook that was sent, with those of marked cells added: the style of a cell with a red ground."""

import re
from collections.abc import Iterator

MARK = b"FFFFC7CE"
_NONE = b"FFFFC7CD"  # behind the red of a cell that had no ground
_PREFIX = re.compile(rb"<((?:\w+:)?)styleSheet\b")
_FILL = re.compile(rb'\bfillId="(\d+)"')
_GROUND = re.compile(rb"<(?:\w+:)?fgColor\b([^>]*?)/?>")
_BEHIND = re.compile(rb"<(?:\w+:)?bgColor\b([^>]*?)/?>")


class Unpatchable(ValueError):
    """A workbook that is not written as expected, so that nothing can be added to it."""


class Styles:
    """Styles of cells by their number, as the ``s`` of a cell says it."""

    def __init__(self, xml: bytes) -> None:
        if (found := _PREFIX.search(xml)) is None:
            raise Unpatchable("styles")
        self._xml, self._prefix = xml, found[1]
        self._fills = list(self._items(b"fills", b"fill"))
        self._cells = list(self._items(b"cellXfs", b"xf"))
        self._added: dict[bytes, bytes] = {}
        self._fills_before, self._cells_before = len(self._fills), len(self._cells)
        self.ours = {str(at).encode() for at, cell in enumerate(self._cells) if self._is_ours(self._ground(cell))}

    def marked(self, style: bytes) -> bytes:
        """The style with a red ground; what was there before stands behind it."""
        if style in self.ours:
            return style
        cell = self._cell(style)
        before = _GROUND.search(self._ground(cell))
        solid = b'patternType="solid"' in self._ground(cell)
        said = before[1].strip() if before and solid else b'rgb="%s"' % _NONE
        return self._with(cell, self._solid(b'rgb="%s"' % MARK, said))

    def unmarked(self, style: bytes) -> bytes:
        """The style that a marked cell had before."""
        cell = self._cell(style)
        behind = _BEHIND.search(self._ground(cell))
        said = behind[1].strip() if behind else b""
        return self._with(cell, b"" if _NONE in said or not said else self._solid(said, b'indexed="64"'))

    def xml(self) -> bytes:
        """The styles with what was added."""
        out = self._section(self._xml, b"fills", self._fills[self._fills_before :], len(self._fills))
        return self._section(out, b"cellXfs", self._cells[self._cells_before :], len(self._cells))

    def _items(self, section: bytes, item: bytes) -> Iterator[bytes]:
        p = self._prefix
        found = re.search(rb"<%s%s\b[^>]*>(.*?)</%s%s>" % (p, section, p, section), self._xml, re.DOTALL)
        if found is None:
            raise Unpatchable(section.decode())
        one = rb"<%s%s(?=[\s/>])[^>]*/>|<%s%s(?=[\s/>]).*?</%s%s>" % (p, item, p, item, p, item)
        yield from (match[0] for match in re.finditer(one, found[1], re.DOTALL))

    def _section(self, xml: bytes, section: bytes, added: list[bytes], count: int) -> bytes:
        if not added:
            return xml
        p, joined = self._prefix, b"".join(added)
        xml = re.sub(rb'(<%s%s\b[^>]*?\bcount=")\d+' % (p, section), rb"\g<1>%d" % count, xml, count=1)
        return xml.replace(b"</%s%s>" % (p, section), joined + b"</%s%s>" % (p, section), 1)

    def _cell(self, style: bytes) -> bytes:
        at = int(style) if style.isdigit() else 0
        return self._cells[at if at < len(self._cells) else 0]

    def _ground(self, cell: bytes) -> bytes:
        found = _FILL.search(cell)
        at = int(found[1]) if found else 0
        return self._fills[at] if at < len(self._fills) else b""

    @staticmethod
    def _is_ours(ground: bytes) -> bool:
        colour, behind = _GROUND.search(ground), _BEHIND.search(ground)
        return bool(colour and behind and MARK in colour[1] and b'indexed="64"' not in behind[1])

    def _solid(self, colour: bytes, behind: bytes) -> bytes:
        p = self._prefix
        ground = b"<%sfgColor %s/><%sbgColor %s/>" % (p, colour, p, behind)
        return b'<%sfill><%spatternFill patternType="solid">%s</%spatternFill></%sfill>' % (p, p, ground, p, p)

    def _with(self, cell: bytes, ground: bytes) -> bytes:
        """The number of the style of a cell with a ground (none: the first, which is none)."""
        if (known := self._added.get(cell + ground)) is not None:
            return known
        at = 0
        if ground and ground in self._fills:
            at = self._fills.index(ground)
        elif ground:
            at = len(self._fills)
            self._fills.append(ground)
        tag, rest = re.match(rb"<[\w:]+", cell), re.sub(rb'\s(?:fillId|applyFill)="[^"]*"', b"", cell)
        begin = tag[0] if tag else b"<xf"
        self._cells.append(b'%s fillId="%d" applyFill="1"%s' % (begin, at, rest[len(begin) :]))
        number = str(len(self._cells) - 1).encode()
        self._added[cell + ground] = number
        return number
