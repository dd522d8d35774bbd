"""Which folder imports which, and where that goes round in a circle (what one file sees is not enough to see one)."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tests.house.layout import ROOMS
from tests.house.tree import Source

Graph = Mapping[str, set[str]]


def folder_graph(sources: Iterable[Source]) -> Graph:
    """The folders of ``services`` and ``shared`` with the folders that their files import (rooms list their nouns,
    and a service's own pages list its rooms, so these count for nothing).
    """
    imports: dict[str, set[str]] = defaultdict(set)
    files = [one for one in sources if one.python and one.under("services", "shared")]
    known = {one.path.removesuffix(".py").removesuffix("/__init__") for one in files}
    for source in files:
        here = _folder(source.path.removesuffix(".py"))
        if here is None:
            continue
        for module in _imported(source, known):
            there = _folder(module)
            if there is not None and there != here:
                imports[here].add(there)
    return imports


def circles(graph: Graph) -> list[list[str]]:
    """Every set of folders that reach each other (Tarjan's strongly connected components of more than one)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return sorted(found)


def upward(graph: Graph) -> list[str]:
    """Imports of a room from one above it."""
    order = {
        f"services/{service}/{room}": place for service, rooms in ROOMS.items() for place, room in enumerate(rooms)
    }

    def room(folder: str) -> str:
        return "/".join(folder.split("/")[:3])

    return sorted(
        f"{here} -> {there}"
        for here, imported in graph.items()
        for there in imported
        if order.get(room(here), 0) < order.get(room(there), -1)
    )


def _folder(module: str) -> str | None:
    """The noun of a service or the room of ``shared`` in which a module lies; a module at the door is its own."""
    match module.split("/"):
        case ["shared", name, *_]:
            return f"shared/{name}"
        case ["services", service, room, noun, *rest] if room in ROOMS.get(service, ()) and (noun, rest) != (
            "room",
            [],
        ):
            return f"services/{service}/{room}/{noun}"
        case ["services", service, noun, _, *_] if service not in ROOMS:
            return f"services/{service}/{noun}"
    return None


def _imported(source: Source, known: set[str]) -> Iterator[str]:
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                for name in names:
                    whole = f"{module}.{name.name}".replace(".", "/")
                    yield whole if whole in known else module.replace(".", "/")
            case ast.Import(names=names):
                for name in names:
                    yield name.name.replace(".", "/")
