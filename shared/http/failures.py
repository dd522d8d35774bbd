"""Every error of a request as a problem document: no stack trace, no 500 for bad input."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import asyncpg
import structlog
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.database.errors import CONNECTION_LOST, meaning
from shared.http.responses import http_response, problem_response
from shared.names.words import LEVELS, ROLES, STATES
from shared.problems import Invalid, Problem, WrongField, WrongValue, both
from shared.telemetry import place_of

_log = structlog.get_logger()

# The rules that pydantic names most often, in the words of somebody who fills in a form.
_WORDS = {**STATES, **LEVELS, **ROLES}
_QUOTED = re.compile("'([^']*)'")
_LATIN = re.compile("[A-Za-z]")
_RULES_ZH = {
    "missing": "必填",
    "extra_forbidden": "该项不能在此填写",
    "string_pattern_mismatch": "格式不正确，请核对",
    "string_too_long": "不超过{max_length}个字",
    "string_too_short": "不少于{min_length}个字",
    "string_type": "应为文字",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "bool_parsing": "应填是或否",
    "bool_type": "应填是或否",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_max_places": "小数位数太多",
    "decimal_max_digits": "数位太多",
    "decimal_whole_digits": "数值太大",
    "list_type": "应为列表",
    "dict_type": "应为一组项目",
    "model_type": "应为一组项目",
    "model_attributes_type": "应为一组项目",
    "greater_than": "应大于{gt}",
    "greater_than_equal": "不得小于{ge}",
    "less_than": "应小于{lt}",
    "less_than_equal": "不得大于{le}",
    "date_from_datetime_parsing": "应为日期，如2014-10-01",
    "date_parsing": "应为日期，如2014-10-01",
    "date_type": "应为日期，如2014-10-01",
    "date_from_datetime_inexact": "应为日期，如2014-10-01",
    "datetime_parsing": "应为带时区的时间，如 2016-05-03T10:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时间，如 2016-05-03T10:00:00+08:00",
    "datetime_type": "应为带时区的时间，如 2016-05-03T10:00:00+08:00",
    "timezone_aware": "应为带时区的时间，如 2016-05-03T10:00:00+08:00",
    "uuid_parsing": "编号格式有误",
    "uuid_type": "编号格式有误",
    "enum": "应为：{expected}",
    "literal_error": "应为：{expected}",
    "too_long": "最多{max_length}项",
    "too_short": "至少{min_length}项",
    "json_invalid": "提交的内容格式有误，请刷新页面后重新提交",
}


async def answer_to(request: Request, error: Exception) -> Response:
    """The problem document of a failure, by the application's handlers."""
    handlers = request.app.exception_handlers
    handler = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
    response: Response = await handler(request, error)
    return response


def install(app: Starlette) -> None:
    """Give an app its answers to every kind of failure."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(asyncpg.PostgresError, _database)
    for kind in CONNECTION_LOST:
        app.add_exception_handler(kind, _database)
    app.add_exception_handler(OSError, _database)
    app.add_exception_handler(Exception, _fault)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(request, error)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_wrong_field(item) for item in error.errors()[:100]]
    return problem_response(request, Invalid(errors=errors, field=errors[0]["field"], rule=errors[0]["rule"]))


def _wrong_field(item: Mapping[str, Any]) -> WrongField:
    """The place, the rule and a sentence; never the value, which may be somebody's identity number."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"][1:])
    own = item.get("ctx", {}).get("error")
    if isinstance(own, WrongValue):
        message = both(own.zh, own.en)
    else:
        message = both(_chinese(item["type"], item.get("ctx", {})), item["msg"])
    return {"field": path.lstrip(".") or str(item["loc"][0]), "rule": item["type"], "message": message}


def _chinese(rule: str, limits: Mapping[str, object]) -> str:
    """A rule in words; ``limits`` are what pydantic says of it, never what was sent."""
    given = {name: str(limit) for name, limit in limits.items()}
    if "expected" in given and not (named := _in_words(given["expected"])):
        return "不在可选范围内，请从选项中选择"
    if "expected" in given:
        given["expected"] = named
    return _RULES_ZH.get(rule, "填写不符合要求").format_map(defaultdict(str, given))


def _in_words(expected: str) -> str:
    """What is allowed, where each of it has words; nothing where a code has none."""
    codes = _QUOTED.findall(expected)
    called = [_WORDS[code].zh if code in _WORDS else code for code in codes]
    return "" if any(map(_LATIN.search, called)) else "、".join(called)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    names = {
        400: ("bad-request", "请求格式不正确", "The request is malformed"),
        404: ("not-found", "没有这个地址", "There is no such address"),
        405: ("method-not-allowed", "此地址不支持该操作", "This address does not take this method"),
    }
    slug, zh, en = names.get(error.status_code, ("http", "请求未被接受", "The request was not accepted"))
    return http_response(request, error.status_code, slug, zh, en, error.headers or {})


async def _database(request: Request, error: Exception) -> Response:
    problem = meaning(error)
    if problem is None:
        return await _fault(request, error)
    return problem_response(request, problem)


async def _fault(request: Request, error: Exception) -> Response:
    _log.error("request.fault", error=type(error).__name__, where=place_of(error))
    return problem_response(request, Problem())
