"""What stands around the application: request ids, headers, the access log, hosts, body sizes.

Plain ASGI, so that streams pass through as they are made.
"""

import secrets
import time
from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import answer_error
from api.errors import BodyTooLargeError, InternalError, UnknownHostError
from api.logs import log_access, log_fault
from geo_alerts.errors import GeoAlertsError

# Set where the answer does not say otherwise. Answers are about people and postcodes, so nothing
# keeps them unless its route says that it may.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Shell:
    """Gives each request an id, each answer its headers, and writes the one line about it.

    The last resort for exceptions that nobody expected: the caller learns the request's id, the log
    what went wrong and where.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand around `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and the answer back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        state = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        sender = _Sender(send, state["request_id"])
        method = scope["method"]
        # RFC 9110, section 9.3.2: HEAD is GET whose content the server leaves out.
        inside = {**scope, "method": "GET"} if method == "HEAD" else scope
        try:
            await self._answer(inside, receive, sender)
        finally:
            log_access(inside, method, sender.status, (time.perf_counter() - started) * 1000)

    async def _answer(self, scope: Scope, receive: Receive, sender: "_Sender") -> None:
        try:
            await self.app(scope, receive, sender)
        except ClientDisconnect:
            return
        except GeoAlertsError as error:
            wrong = error
        except Exception as exception:  # noqa: BLE001 - nothing may reach the caller as it is
            log_fault(exception, sender.request_id)
            wrong = InternalError("something went wrong here; the log tells under the request id")
        else:
            return
        # An answer that has begun is left unfinished, which the server tells the caller by cutting
        # the connection.
        if sender.status is None:
            await answer_error(Request(scope), wrong)(scope, receive, sender)


class _Sender:
    def __init__(self, send: Send, request_id: str) -> None:
        self.send = send
        self.request_id = request_id
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-ID"] = self.request_id
        await self.send(message)


class HostGuard:
    """Refuses requests that name a host which is not ours, as DNS rebinding makes browsers do."""

    def __init__(self, app: ASGIApp, allowed: Iterable[str]) -> None:
        """Stand around `app`; `allowed` are names without port, `*` allows any."""
        self.app = app
        self.allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what names one of our hosts.

        Raises:
            UnknownHostError: It does not.
        """
        if scope["type"] == "http" and "*" not in self.allowed:
            name = _host_name(Headers(scope=scope).get("host", ""))
            if name not in self.allowed:
                raise UnknownHostError("GEO_ALERTS_ALLOWED_HOSTS lists the hosts that may be named")
        await self.app(scope, receive, send)


class BodyLimit:
    """Refuses bodies that are larger than allowed, whether their length was told or not."""

    def __init__(self, app: ASGIApp, most_bytes: int, uploads: Mapping[str, int]) -> None:
        """Stand around `app`.

        Args:
            app: What reads the bodies.
            most_bytes: How large they may be.
            uploads: Path -> how large a body may be that is sent there.
        """
        self.app = app
        self.most_bytes = most_bytes
        self.uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting what is received.

        Raises:
            BodyTooLargeError: Too much was told, or came.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.uploads.get(scope["path"], self.most_bytes)
        told = Headers(scope=scope).get("content-length", "0")
        _check_size(int(told) if told.isdecimal() else 0, most)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            _check_size(received, most)
            return message

        await self.app(scope, counted, send)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise BodyTooLargeError(f"a body may have at most {most} bytes here")


def _host_name(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()
