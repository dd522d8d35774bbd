"""Problem documents as HTTP answers, in the language of who reads them."""

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from shared.problems import IN_BOTH, MEDIA_TYPE, TYPE_PREFIX, Problem, both, in_language, language_of
from shared.words import Language

_MARK = f'"{IN_BOTH}"'.encode()


def asked_language(request: Request) -> Language:
    """The language that a request asks for."""
    return language_of(request.headers.get("accept-language"))


def problem_response(request: Request, problem: Problem) -> Response:
    """The answer for a refusal, in the caller's language."""
    return localised(request, kept_response(problem))


def kept_response(problem: Problem) -> Response:
    """The answer for a refusal as it is kept: in both languages."""
    return _response(problem.document(), problem.status, problem.headers)


def http_response(request: Request, status: int, slug: str, zh: str, en: str, headers: Mapping[str, str]) -> Response:
    """The answer for a failure of HTTP itself (no such address, another method)."""
    document = {"type": TYPE_PREFIX + slug, "title": both(zh, en), "status": status}
    return localised(request, _response(document, status, headers))


def localised(request: Request, response: Response) -> Response:
    """The same answer with what it says in both languages in the one that is asked for."""
    body = getattr(response, "body", b"")  # a streamed answer has none
    if _MARK in body:
        language = asked_language(request)
        response.body = _json(in_language(json.loads(body), language))
        response.headers["Content-Length"] = str(len(response.body))
        response.headers["Content-Language"] = language
    return response


def _response(document: Mapping[str, object], status: int, headers: Mapping[str, str]) -> Response:
    return Response(_json(document), status, {**headers, "Cache-Control": "no-store"}, MEDIA_TYPE)


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, default=str).encode()
