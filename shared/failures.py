"""Every error of a request as a problem document: no stack trace, no 500 for bad input."""

from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.database_errors import meaning
from shared.problems import TYPE_PREFIX, Invalid, Problem, language_of
from shared.responses import document_response, problem_response
from shared.telemetry import place_of

_log = structlog.get_logger()

# The rules that pydantic names most often, in the words of somebody who fills in a form.
_RULES_ZH = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "string_pattern_mismatch": "格式不对",
    "string_too_long": "太长",
    "string_too_short": "太短",
    "string_type": "应为文字",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "greater_than": "数值太小",
    "greater_than_equal": "数值太小",
    "less_than_equal": "数值太大",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD",
    "date_parsing": "应为日期 YYYY-MM-DD",
    "uuid_parsing": "应为 UUID",
    "enum": "不在可选值内",
    "literal_error": "不在可选值内",
    "too_long": "项数太多",
    "too_short": "项数太少",
    "json_invalid": "不是有效的 JSON",
}


async def answer_to(request: Request, error: Exception) -> Response:
    """The problem document of a failure, by the application's handlers."""
    handlers = request.app.exception_handlers
    handler = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
    response: Response = await handler(request, error)
    return response


def install(app: FastAPI) -> None:
    """Give an app its answers to every kind of failure."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(asyncpg.PostgresError, _database)
    app.add_exception_handler(asyncpg.InterfaceError, _database)
    app.add_exception_handler(OSError, _database)
    app.add_exception_handler(Exception, _fault)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(request, error)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    language = language_of(request.headers.get("accept-language"))
    errors = [_wrong_field(item, language) for item in error.errors()[:100]]
    return problem_response(request, Invalid(errors=errors, field=errors[0]["field"], rule=errors[0]["rule"]))


def _wrong_field(item: dict[str, Any], language: str) -> dict[str, Any]:
    """The place, the rule and a sentence; never the value, which may be somebody's identity number."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in item["loc"][1:])
    sentence = _RULES_ZH.get(item["type"], item["msg"]) if language == "zh" else item["msg"]
    return {"field": path.lstrip(".") or str(item["loc"][0]), "rule": item["type"], "message": sentence}


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    names = {
        400: ("bad-request", "请求格式不正确", "The request is malformed"),
        404: ("not-found", "没有这个地址", "There is no such address"),
        405: ("method-not-allowed", "此地址不支持该操作", "This address does not take this method"),
    }
    slug, zh, en = names.get(error.status_code, ("http", "请求未被接受", "The request was not accepted"))
    language = language_of(request.headers.get("accept-language"))
    document = {
        "type": TYPE_PREFIX + slug,
        "title": zh if language == "zh" else en,
        "status": error.status_code,
    }
    return document_response(document, dict(error.headers or {}), language)


async def _database(request: Request, error: Exception) -> Response:
    problem = meaning(error)
    if problem is None:
        return await _fault(request, error)
    return problem_response(request, problem)


async def _fault(request: Request, error: Exception) -> Response:
    _log.error("request.fault", error=type(error).__name__, where=place_of(error))
    return problem_response(request, Problem())
