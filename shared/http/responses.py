"""Problem documents as HTTP answers."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from shared.problems import MEDIA_TYPE, Problem, language_of


def problem_response(request: Request, problem: Problem) -> Response:
    """The answer for a refusal, in the caller's language."""
    language = language_of(request.headers.get("accept-language"))
    return document_response(problem.body(language), dict(problem.headers), language)


def document_response(document: dict[str, Any], headers: dict[str, str], language: str) -> Response:
    body = json.dumps(document, ensure_ascii=False, default=str).encode()
    headers = {**headers, "Content-Language": language, "Cache-Control": "no-store"}
    return Response(body, document["status"], headers, MEDIA_TYPE)
