"""Size and time limits on every request."""

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.responses import problem_response
from shared.problems import TooLarge, Unavailable

_SLOWEST = 1 << 16  # bytes a second
_PIECE = 1 << 12  # messages up to this size are no large body


class TooSlow(Unavailable):
    slug = "too-slow"
    zh = "处理超时，未做任何更改，请重试"
    en = "This took too long and nothing was changed; please try again"


class Limited:
    """ASGI: refuses a body over the limit (413), by its stated length at once, else as it arrives; ends a request
    that takes longer than ``seconds`` (503), which undoes its transaction. A large body that arrives slowly is given
    a second more for each 64 KiB; an answer that streams may take as long as it moves: each part has that time again.
    """

    def __init__(self, app: ASGIApp, *, seconds: float, max_bytes: Callable[[Scope], int]) -> None:
        self.app, self.seconds, self.max_bytes = app, seconds, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = self.max_bytes(scope)
        stated = Headers(scope=scope).get("content-length", "0")
        if not stated.isdigit() or int(stated) > limit:
            return await problem_response(Request(scope), TooLarge())(scope, receive, send)
        received, begun, limited = 0, False, asyncio.timeout(self.seconds)

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise TooLarge
            _extend(limited, message)
            return message

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)
            _again(limited, message, self.seconds)

        try:
            async with limited:
                await self.app(scope, receive_limited, send_noted)
        except TooLarge as problem:
            if not begun:
                await problem_response(Request(scope), problem)(scope, receive, send)
        except TimeoutError:
            if begun:
                raise
            await problem_response(Request(scope), TooSlow())(scope, receive, send)


def _again(deadline: asyncio.Timeout, message: Message, seconds: float) -> None:
    if message.get("more_body"):
        deadline.reschedule(asyncio.get_running_loop().time() + seconds)


def _extend(deadline: asyncio.Timeout, message: Message) -> None:
    size, until = len(message.get("body", b"")), deadline.when()
    if size > _PIECE and until is not None and not deadline.expired():
        deadline.reschedule(until + size / _SLOWEST)
