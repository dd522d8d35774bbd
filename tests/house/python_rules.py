"""House rules that are seen in the syntax tree."""

import ast
import re
from collections.abc import Iterator

from tests.house.tree import Source

EDGES = {"shared/database/session.py", "shared/events/kafka.py"}  # the second commits offsets, not transactions
_MONEY = re.compile(r"services/|shared/names/money")
_FLOATS = {"float", "Float", "REAL", "Double", "DOUBLE", "DOUBLE_PRECISION"}
_WALL_CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
    *("func.now", "func.current_date", "func.current_timestamp", "clock.wall"),
}
_SQL_CLOCKS = re.compile(
    r"\bnow\(\)|\b(current_date|current_timestamp|localtimestamp|clock_timestamp|statement_timestamp)\b",
    re.IGNORECASE,
)
_PERSONAL = {"identity", "idcard", "phone", "mobile", "card", "birth", "birthday", "born", "address"}
_PERSONAL_NAMES = {"name", "id_number", "person_name", "full_name", "bank_account"}
_METHODS = {"get", "post", "put", "patch", "delete"}


def transactions_end_at_the_edges(source: Source) -> Iterator[str]:
    """A service neither begins nor ends a transaction; elsewhere only the edges end one."""
    if not source.python or source.path in EDGES or not source.under("services", "shared", "tuopin"):
        return
    own = {"begin", "transaction"} if source.under("services") else set()
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in {"commit", "rollback", "begin_nested"} | own:
                yield f"{source.path}:{node.lineno} .{name}()"


def no_float_near_money(source: Source) -> Iterator[str]:
    """Neither a conversion, nor an annotation, nor a column type."""
    if source.python and _MONEY.match(source.path):
        for node in ast.walk(source.tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) if name in _FLOATS:
                    yield f"{source.path}:{node.lineno} {name}"


def business_time_comes_from_the_clock(source: Source) -> Iterator[str]:
    """No wall clock in a service, in Python or in SQL (docstrings may speak of it)."""
    if not source.python or not source.under("services"):
        return
    prose = {id(node.value) for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute() if (called := ".".join(ast.unparse(node).split(".")[-2:])) in _WALL_CLOCKS:
                yield f"{source.path}:{node.lineno} {called}"
            case ast.Constant(value=str(text)) if id(node) not in prose and (found := _SQL_CLOCKS.search(text)):
                yield f"{source.path}:{node.lineno} {found[0]} in SQL"


def middleware_is_pure_asgi(source: Source) -> Iterator[str]:
    """Three empty ones of the other kind made an endpoint six times slower."""
    if not source.python:
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.Name(id="BaseHTTPMiddleware") | ast.alias(name="BaseHTTPMiddleware"):
                yield f"{source.path}:{node.lineno} BaseHTTPMiddleware"
            case ast.Call(func=ast.Attribute(attr="middleware"), args=[ast.Constant(value="http")]):
                yield f'{source.path}:{node.lineno} .middleware("http")'


def no_personal_data_in_addresses(source: Source) -> Iterator[str]:
    """Addresses end up in logs, so nothing of a person stands in a path or a query parameter."""
    if not source.python or not source.under("services", "shared"):
        return
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for path in filter(None, map(_route, function.decorator_list)):
            asked = [a.arg for a in (*function.args.args, *function.args.kwonlyargs) if _in_address(a)]
            for name in {*asked, *re.findall(r"{(\w+)", path)}:
                if _personal(name, in_service=source.under("services")):
                    yield f"{source.path}:{function.lineno} {name}"


def _route(decorator: ast.expr) -> str | None:
    match decorator:
        case ast.Call(func=ast.Attribute(attr=method), args=[ast.Constant(value=str(path)), *_]):
            return path if method in _METHODS else None
    return None


def _in_address(argument: ast.arg) -> bool:
    annotation = ast.unparse(argument.annotation) if argument.annotation else ""
    return not re.search(r"\b(Body|Header|File|Form)\b", annotation)


def _personal(name: str, *, in_service: bool) -> bool:
    return not _PERSONAL.isdisjoint(name.split("_")) or (in_service and name in _PERSONAL_NAMES)


def a_migration_imports_no_living_code(source: Source) -> Iterator[str]:
    """What a migration did stays what it did, so nothing that still changes is called from it."""
    if not source.python or "versions" not in source.parts:
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.startswith(("services", "shared")):
                if module != "shared.database.migrations":
                    yield f"{source.path}:{node.lineno} {module}"
            case ast.Import(names=names):
                for name in names:
                    if name.name.startswith(("services", "shared")):
                        yield f"{source.path}:{node.lineno} {name.name}"
