"""House rules about sentences for people: no code, English word or id stands in a Chinese one."""

import ast
import re
from collections.abc import Iterator
from string import Formatter

from tests.house.tree import Source

# What a refusal may declare for its sentences; a bare ``str`` could be anything.
_SAYABLE = {"int", "Decimal", "date", "Word", "Act", "Name", "Digits"}
# What a value is called that is a code or an id, and no word.
_CODES = {
    "code",
    "id",
    "key",
    "kind",
    "level",
    "outcome",
    "purpose",
    "role",
    "rule",
    "slug",
    "state",
    "status",
    "stood",
}
_HAN = re.compile("[\u4e00-\u9fff]")
_SEVERAL = re.compile(r"tuple\[(\w+), \.\.\.\]")
_STATUS = re.compile(
    "Problem|BadRequest|Unauthenticated|Forbidden|NotFound|Conflict|IdUsed|PreconditionFailed|TooLarge|Invalid|Unavailable"
)


def a_sentence_holds_words(source: Source) -> Iterator[str]:
    """A refusal declares each placeholder as a number, a day, a name or a word; no f-string in Chinese shows a code.

    What a refusal inherits is declared where it stands first; an export bears its own number, so that a copy of the
    file leads back to it.
    """
    if not source.python or not source.under("services", "shared") or "migrations" in source.parts:
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.ClassDef():
                yield from _undeclared(source, node)
            case ast.JoinedStr(values=parts) if _HAN.search(_fixed(parts)):
                for part in parts:
                    if isinstance(part, ast.FormattedValue) and (code := _code(part.value)) and not _numbered(parts):
                        yield f"{source.path}:{part.lineno} {{{code}}} in a Chinese sentence"


def _undeclared(source: Source, node: ast.ClassDef) -> Iterator[str]:
    declared = {
        one.target.id: ast.unparse(one.annotation)
        for one in node.body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    }
    inherits = any(not _STATUS.fullmatch(ast.unparse(base)) for base in node.bases)
    for sentence in _sentences(node):
        for name in {field for _, field, _, _ in Formatter().parse(sentence) if field}:
            kind = declared.get(name)
            if (kind is None and not inherits) or (kind is not None and not _sayable(kind)):
                yield f"{source.path}:{node.lineno} {node.name}: {{{name}}} is declared as {kind}"


def _sentences(node: ast.ClassDef) -> Iterator[str]:
    """The texts that a class gives to ``zh``, alone or in a row of names."""
    for one in node.body:
        match one:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                given = zip(names, values, strict=False)
            case ast.Assign(targets=[ast.Name() as name], value=value):
                given = zip([name], [value], strict=True)
            case _:
                continue
        for name, value in given:
            if isinstance(name, ast.Name) and name.id == "zh" and isinstance(value, ast.Constant):
                yield str(value.value)


def _sayable(kind: str) -> bool:
    return all((found[1] if (found := _SEVERAL.fullmatch(part)) else part) in _SAYABLE for part in kind.split(" | "))


def _fixed(parts: list[ast.expr]) -> str:
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def _numbered(parts: list[ast.expr]) -> bool:
    return "编号：" in _fixed(parts)


def _code(value: ast.expr) -> str | None:
    """How a value is called, where that says that it is a code."""
    match value:
        case ast.Attribute(attr=name) | ast.Name(id=name) if name in _CODES:
            return ast.unparse(value)
    return None
