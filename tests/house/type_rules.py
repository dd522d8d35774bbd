"""House rules about types: what passes between modules says what it is."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Source

_PURE = re.compile(r"\bPure\b")


def pure_modules_have_no_any(source: Source) -> Iterator[str]:
    """``rules.py``, and what calls itself pure, decide about typed values."""
    if not source.python or not source.under("services", "shared"):
        return
    if source.parts[-1] == "rules.py" or _PURE.search(ast.get_docstring(source.tree) or ""):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Name) and node.id == "Any":
                yield f"{source.path}:{node.lineno} Any"


def no_untyped_row_crosses_a_module(source: Source) -> Iterator[str]:
    """What other modules call takes and gives records; a row of the database is read where it was asked for."""
    if not source.python or not source.under("services", "shared") or "database" in source.parts:
        return
    for function in ast.walk(source.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and not function.name.startswith("_"):
            of = function.args
            given = [one.annotation for one in (*of.posonlyargs, *of.args, *of.kwonlyargs) if one.annotation]
            for annotation in (*given, *([function.returns] if function.returns else [])):
                if _is_row(annotation):
                    yield f"{source.path}:{function.lineno} {function.name}: {ast.unparse(annotation)}"


def _is_row(annotation: ast.expr) -> bool:
    for node in ast.walk(annotation):
        match node:
            case ast.Subscript(value=ast.Name(id="Row")) | ast.Name(id="RowMapping"):
                return True
            case ast.Attribute(value=ast.Name(id="asyncpg"), attr="Record"):
                return True
            case ast.Subscript(value=ast.Name(id="dict" | "list" | "Sequence" | "Mapping"), slice=inner) if any(
                isinstance(one, ast.Name) and one.id == "Any" for one in ast.walk(inner)
            ):
                return True
    return False
