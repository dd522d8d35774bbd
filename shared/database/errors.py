"""What a database error means for the caller, by SQLSTATE; no text of the database reaches a client."""

from types import MappingProxyType

import asyncpg
from sqlalchemy.exc import DBAPIError

from shared.problems import Conflict, Invalid, Problem, Unavailable
from shared.security.access import DivisionForbidden


class Busy(Conflict):
    slug = "busy"
    zh = "同一记录正在被他人办理，请稍候重试"
    en = "Somebody is working on the same record; try again in a moment"
    headers = MappingProxyType({"Retry-After": "1"})


class AlreadyThere(Conflict):
    slug, zh, en = "already-there", "已有相同的记录", "Such a record already exists"


class RuleBroken(Invalid):
    slug, zh, en = "rule-broken", "不符合数据规则", "A rule of the data was broken"


# The driver's own ways to say that a connection is gone: the second comes where the server's farewell has been read
# and the end of the connection not yet.
CONNECTION_LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError)
_TRANSIENT = {"40001", "40P01"}
_MEANING: dict[str, type[Problem]] = {
    "23505": AlreadyThere,
    "23503": RuleBroken,
    "23514": RuleBroken,
    "23502": RuleBroken,
    "22000": RuleBroken,
    "22003": RuleBroken,
    "22007": RuleBroken,
    "22008": RuleBroken,
    "22P02": RuleBroken,
    "22021": RuleBroken,
    "22P05": RuleBroken,
    "42501": DivisionForbidden,
    "55P03": Busy,
    "40001": Busy,
    "40P01": Busy,
    "57014": Unavailable,
}


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE of an error of SQLAlchemy or asyncpg."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(origin, "sqlstate", None) or getattr(getattr(origin, "__cause__", None), "sqlstate", None)
    return state if isinstance(state, str) else None


def is_transient(error: BaseException) -> bool:
    """Whether running the same transaction again may succeed (deadlock, serialization failure)."""
    return sqlstate(error) in _TRANSIENT


def is_infrastructure(error: BaseException) -> bool:
    """Whether the database or the way to it failed, so that the same work will succeed later."""
    state = sqlstate(error)
    if state is None:
        interrupted = isinstance(error, (OSError, TimeoutError, *CONNECTION_LOST))
        return interrupted or bool(getattr(error, "connection_invalidated", False)) or _closed(error)
    return state.startswith(("08", "53", "57")) or state in _TRANSIENT or state == "55P03"


def _closed(error: BaseException) -> bool:
    origin = getattr(error, "orig", None)
    return isinstance(getattr(origin, "__cause__", None), (OSError, *CONNECTION_LOST))


def meaning(error: BaseException) -> Problem | None:
    """The problem to answer with; None where the error is a fault of ours."""
    state = sqlstate(error)
    if state is None or state.startswith(("08", "53", "57")):
        return Unavailable() if is_infrastructure(error) else None
    kind = _MEANING.get(state)
    origin = error.orig if isinstance(error, DBAPIError) else error
    constraint = getattr(getattr(origin, "__cause__", origin), "constraint_name", None)
    return kind(rule=constraint) if kind else None
