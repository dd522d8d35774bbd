"""XML that others have made, read by expat piece by piece: no document type, so no entities that grow or fetch."""

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from shared.sheets.problems import BrokenWorkbook

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Data = Callable[[str], None]


def read(pieces: Iterable[bytes], start: Start, end: End | None = None, data: Data | None = None) -> None:
    """Read a document; names of elements come as they are written, see ``local``. Raises BrokenWorkbook."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _no_document_type
    try:
        for piece in pieces:
            parser.Parse(piece)
        parser.Parse(b"", True)  # noqa: FBT003 (it takes no keyword)
    except (expat.ExpatError, ValueError, LookupError) as error:  # also an encoding that nobody knows
        raise BrokenWorkbook(rule="well-formed entries") from error


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def attribute(attributes: Mapping[str, str], name: str) -> str | None:
    """The attribute of a name, under whatever prefix."""
    found = attributes.get(name)
    return found if found is not None else next((v for key, v in attributes.items() if local(key) == name), None)


def _no_document_type(*_declared: object) -> None:
    raise BrokenWorkbook(rule="no document type")
