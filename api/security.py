"""Who asks: API keys, browser sessions, roles, and requests that another site may have made."""

import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.errors import CrossSiteRequestError, OutlivedFormError
from api.front import front_of
from api.limits import TokenBuckets
from geo_alerts.acts.keys import Caller, caller_of, caller_of_session, sign_out
from geo_alerts.audiences.disclosure import Role, may_list, may_review
from geo_alerts.errors import ForbiddenError, NotSignedInError, TooManyRequestsError

SESSION_COOKIE = "geo_alerts_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_CREDENTIAL = 200
MOST_REMEMBERED = 1024

# For the description of the API only: `authenticate` reads the headers itself, before the body.
DESCRIBED = [
    Security(
        HTTPBearer(
            scheme_name="key",
            bearerFormat="ga_…",
            description="An API key: `Authorization: Bearer ga_…`",
            auto_error=False,
        )
    ),
    Security(
        APIKeyCookie(
            name=SESSION_COOKIE,
            scheme_name="session",
            description=(
                "The session of a browser that signed in; the cookie's name begins with `__Host-` "
                "where the server has a public URL"
            ),
            auto_error=False,
        )
    ),
]


@dataclass
class Limits:
    """How often an address may fail to sign in, and ask without signing in.

    Credentials that were right lately are remembered (hashed), so that a machine with a wrong key
    cannot lock out the others behind its address.
    """

    failures: TokenBuckets
    anonymous: TokenBuckets
    residents: TokenBuckets
    _right_lately: OrderedDict[bytes, None] = field(default_factory=OrderedDict)

    def remember(self, credential: str) -> None:
        """Note that a credential was right."""
        digest = _digest(credential)
        self._right_lately[digest] = None
        self._right_lately.move_to_end(digest)
        if len(self._right_lately) > MOST_REMEMBERED:
            self._right_lately.popitem(last=False)

    def check_failures(self, request: Request, credential: str) -> None:
        """Refuse a credential not seen before from an address that failed too often.

        Raises:
            TooManyRequestsError: Says when to ask again.
        """
        wait_s = self.failures.wait_s(front_of(request).address_of(request))
        if wait_s > 0 and _digest(credential) not in self._right_lately:
            raise TooManyRequestsError("too many failed sign-ins", retry_after_s=wait_s)

    def take_anonymous(self, request: Request) -> None:
        """Count a request to a call or page that needs no sign-in.

        Raises:
            TooManyRequestsError: Says when to ask again.
        """
        wait_s = self.anonymous.take(front_of(request).address_of(request))
        if wait_s > 0:
            raise TooManyRequestsError("too many requests without sign-in", retry_after_s=wait_s)

    def take_resident(self, request: Request) -> None:
        """Count a request to a page on which residents find their team.

        Raises:
            TooManyRequestsError: Says when to ask again.
        """
        wait_s = self.residents.take(front_of(request).address_of(request))
        if wait_s > 0:
            raise TooManyRequestsError(
                "too many people asked from here in the last minute", retry_after_s=wait_s
            )


async def authenticate(request: Request) -> Caller:
    """The caller, by the key in `Authorization` or else by the session cookie.

    Raises:
        NotSignedInError: There is neither, or it is wrong, revoked or expired.
        TooManyRequestsError: The address failed too often.
        CrossSiteRequestError: A session's change that may not come from our own page.
    """
    key = _bearer(request)
    credential = key or session_of(request)
    if not 0 < len(credential) <= LONGEST_CREDENTIAL:
        raise NotSignedInError("send an API key, or sign in")
    limits: Limits = request.app.state.limits
    limits.check_failures(request, credential)
    find = caller_of if key else caller_of_session
    try:
        caller = await run_in_threadpool(find, request.app.state.live.store, credential)
    except NotSignedInError:
        limits.failures.take(front_of(request).address_of(request))
        raise
    limits.remember(credential)
    if not key:
        check_same_site(request)
    return caller


def session_of(request: Request) -> str:
    """The session's token that a browser sent; empty when there is none."""
    return request.cookies.get(_cookie_of(request), "")


def check_same_site(request: Request) -> None:
    """Refuse a change by a session's cookie unless the browser says that our own page sent it.

    Raises:
        CrossSiteRequestError: It is a change, and neither `Sec-Fetch-Site` nor `Origin` vouches.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    ours = front_of(request).origin_of(request)
    is_ours = site == "same-origin" if site else request.headers.get("origin") == ours
    if not is_ours:
        raise CrossSiteRequestError("a change must be sent from a page of this server")


def csrf_of(session_token: str) -> str:
    """What forms of a session send along, so that no other page can send them."""
    return hmac.new(session_token.encode(), b"form", hashlib.sha256).hexdigest()


def check_csrf(request: Request, sent: str) -> None:
    """Refuse a form that does not carry what its page was given.

    It was sent from a page of this server, which `authenticate` has seen to before, so that it can
    only be a page that has outlived its session.

    Raises:
        OutlivedFormError: It does not.
    """
    expected = csrf_of(session_of(request))
    if not hmac.compare_digest(expected.encode(), sent.encode()):
        raise OutlivedFormError("you signed in again after this page was opened: nothing was done")


def set_session(request: Request, response: Response, token: str, lasts_s: int) -> None:
    """Give a browser its session."""
    name, secure = _cookie_of(request), front_of(request).is_https(request)
    response.set_cookie(
        name, token, lasts_s, path="/", secure=secure, httponly=True, samesite="strict"
    )


def clear_session(request: Request, response: Response) -> None:
    """End a browser's session, and take its cookie away."""
    sign_out(request.app.state.live.store, session_of(request))
    name, secure = _cookie_of(request), front_of(request).is_https(request)
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


async def caller_of_request(request: Request) -> Caller:
    """The caller whom the route's class has found."""
    caller: Caller = request.state.caller
    return caller


SignedIn = Annotated[Caller, Depends(caller_of_request)]


async def visitor_of_request(request: Request) -> Caller | None:
    """The caller of a page that is open to everybody; None when nobody is signed in."""
    if not session_of(request):
        return None
    try:
        request.state.caller = await authenticate(request)
    except NotSignedInError:
        return None
    return await caller_of_request(request)


Visitor = Annotated[Caller | None, Depends(visitor_of_request)]


async def lister_of_request(caller: SignedIn) -> Caller:
    """The caller, whose role may list people.

    Raises:
        ForbiddenError: It may not.
    """
    if not may_list(caller.role):
        raise ForbiddenError("only the roles alert_system and admin may do this")
    return caller


MayList = Annotated[Caller, Depends(lister_of_request)]


async def reviewer_of_request(caller: SignedIn) -> Caller:
    """The caller, whose role may say that an area was looked at after teams changed.

    Raises:
        ForbiddenError: It may not.
    """
    if not may_review(caller.role):
        raise ForbiddenError("only the roles alert_system and admin may close reviews")
    return caller


MayReview = Annotated[Caller, Depends(reviewer_of_request)]


async def admin_of_request(caller: SignedIn) -> Caller:
    """The caller, who is an administrator.

    Raises:
        ForbiddenError: It is none.
    """
    if caller.role is not Role.ADMIN:
        raise ForbiddenError("only the role admin may do this")
    return caller


Admin = Annotated[Caller, Depends(admin_of_request)]


def _cookie_of(request: Request) -> str:
    return f"{front_of(request).cookie_prefix}{SESSION_COOKIE}"


def _bearer(request: Request) -> str:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


def _digest(credential: str) -> bytes:
    return hashlib.sha256(credential.encode()).digest()
