"""House rules about what stands in which file of a noun."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Source

_PARTICIPLE = re.compile(r"[a-z]+(ing|(?<![aeiou])ed)(_[a-z]+)?\.py")
_NOUNS = re.compile(r"services/|shared/(workflow|notices|attachments)/(?!sampling)")
_SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
# Where the division is a column and not a parameter, the statement itself has to say where its codes end.
_OF_A_COLUMN = {
    "services/registry/verification/doubts/queries.py",
    "services/registry/verification/duplicates/queries.py",
    "services/registry/database/functions/unchecked_twins.sql",
    "shared/names/divisions.py",
    "shared/database/migrations.py",
}
# A word of a list, a note that may be empty, an item of the field table, an event's own words.
_OWN_TEXTS = {
    "services/registry/register/codes/schemas.py",
    "services/registry/register/fields/catalogue.py",
    "services/registry/assistance/visits/schemas.py",
    "shared/doubts/contracts.py",
    "shared/http/schemas.py",
}
_PREFIX_END = re.compile(r"""\+ *":"|\|\| *':'""")
_STATUSES = {
    *("Problem", "BadRequest", "Conflict", "Forbidden", "Invalid", "NotFound", "PreconditionFailed", "TooLarge"),
    *("Unauthenticated", "Unavailable"),
}


def a_module_is_not_named_by_a_participle(source: Source) -> Iterator[str]:
    """``open.py`` and ``decisions.py``, never ``opening.py``: a name that every noun can use alike."""
    if source.python and _NOUNS.match(source.path) and _PARTICIPLE.fullmatch(source.parts[-1]):
        yield source.path


def endpoints_are_http_only(source: Source) -> Iterator[str]:
    """No SQL, no rule, no error class: parse, check access, call, answer; whatever the file is called."""
    if not source.python or "endpoints" not in source.parts[-1] or not source.under("services", "shared"):
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.ClassDef(bases=bases, name=name) if any(
                isinstance(b, ast.Name) and b.id in _STATUSES for b in bases
            ):
                yield f"{source.path}:{node.lineno} class {name}"
            case ast.Call(func=ast.Attribute(attr="execute" | "fetchrow" | "fetchval" | "scalars" | "executemany")):
                yield f"{source.path}:{node.lineno} a statement"
            case ast.ImportFrom(module="sqlalchemy"):
                yield f"{source.path}:{node.lineno} sqlalchemy"
            case ast.Constant(value=str(text)) if _SQL.match(text):
                yield f"{source.path}:{node.lineno} SQL"


def the_range_of_a_division_is_made_once(source: Source) -> Iterator[str]:
    """``shared.names.divisions`` says which codes lie in a division: ``prefix_range`` and ``within``."""
    if source.under("services", "shared") and source.code and source.path not in _OF_A_COLUMN:
        for number, line in enumerate(source.text.splitlines(), 1):
            if _PREFIX_END.search(line):
                yield f"{source.path}:{number}"


def texts_are_of_the_shared_kinds(source: Source) -> Iterator[str]:
    """``shared.http.schemas`` has a name, a title, a text, a long text: a schema makes none of its own."""
    if source.python and source.under("services", "shared") and source.path not in _OWN_TEXTS:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.keyword) and node.arg == "strip_whitespace":
                yield f"{source.path}:{node.value.lineno}"


def the_tail_of_a_list_is_made_once(source: Source) -> Iterator[str]:
    """``shared.http.paging.page`` knows whether more follows, and after which row."""
    if source.python and source.under("services", "shared") and source.path != "shared/http/paging.py":
        for number, line in enumerate(source.text.splitlines(), 1):
            if "[limit - 1]" in line:
                yield f"{source.path}:{number}"
