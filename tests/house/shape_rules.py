"""House rules about what stands in which file of a noun."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Source

_PARTICIPLE = re.compile(r"[a-z]+(ing|(?<![aeiou])ed)(_[a-z]+)?\.py")
_NOUNS = re.compile(r"services/|shared/(workflow|notices|attachments)/(?!sampling)")
_SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
_STATUSES = {
    *("Problem", "BadRequest", "Conflict", "Forbidden", "Invalid", "NotFound", "PreconditionFailed", "TooLarge"),
    *("Unauthenticated", "Unavailable"),
}


def a_module_is_not_named_by_a_participle(source: Source) -> Iterator[str]:
    """``open.py`` and ``decisions.py``, never ``opening.py``: a name that every noun can use alike."""
    if source.python and _NOUNS.match(source.path) and _PARTICIPLE.fullmatch(source.parts[-1]):
        yield source.path


def endpoints_are_http_only(source: Source) -> Iterator[str]:
    """No SQL, no rule, no error class: parse, check access, call, answer."""
    if source.parts[-1] != "endpoints.py" or not source.under("services", "shared"):
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.ClassDef(bases=bases, name=name) if any(
                isinstance(b, ast.Name) and b.id in _STATUSES for b in bases
            ):
                yield f"{source.path}:{node.lineno} class {name}"
            case ast.ImportFrom(module="sqlalchemy"):
                yield f"{source.path}:{node.lineno} sqlalchemy"
            case ast.Constant(value=str(text)) if _SQL.match(text):
                yield f"{source.path}:{node.lineno} SQL"
