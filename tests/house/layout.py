"""Where a file of a service stands: a path can be guessed."""

import re
from collections.abc import Iterator, Sequence

from tests.house.tree import Source

DATA = (".yaml", ".typ")
OF_A_SERVICE = {
    *("main.py", "events.py", "contracts.py"),
    *("figures.py", "snapshots.py", "access.yaml"),
}
# More than ten nouns in one service stand in rooms; from the ground up, each may import only those before it.
ROOMS = {
    "registry": ("register", "exchange", "documents", "assistance", "verification", "procedures", "desk"),
}
_MODULE = re.compile(r"[a-z]+(_[a-z]+)?\.py|__init__\.py|queries\.sql")
# A module is named after what it does for the noun; these names say nothing.
_SAYS_NOTHING = {f"{name}.py" for name in ("utils", "helpers", "common", "misc", "base", "manager", "core", "tools")}


def a_nouns_folder_has_the_usual_files(source: Source) -> Iterator[str]:
    """endpoints, service, rules, schemas, queries, handlers; a service is split into modules named by use case."""
    match source.parts:
        case ("services", _, "policies" | "database", *_):
            return
        case ("services", _, name) if name in OF_A_SERVICE:
            return
        case ("services", service, room, "room.py") if room in ROOMS.get(service, ()):
            return
        case ("services", service, *folders, name) if _in_a_noun(service, folders):
            if name.endswith(DATA) or (_MODULE.fullmatch(name) and name not in _SAYS_NOTHING):
                return
            yield source.path
        case ("services", *_):
            yield source.path


def _in_a_noun(service: str, folders: Sequence[str]) -> bool:
    """A noun's folder: in its room where the service has rooms, else in the service."""
    match folders:
        case [_]:
            return service not in ROOMS
        case [room, _]:
            return room in ROOMS.get(service, ())
    return False
