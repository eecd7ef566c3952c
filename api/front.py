"""How callers see the server and it sees them, also behind a proxy that speaks TLS.

Without settings, scheme and host are those of the request and the address is that of the peer. What
a request says of itself (`Forwarded`, `X-Forwarded-Proto`, `X-Forwarded-Host`) is never believed.
"""

import ipaddress
from dataclasses import dataclass

from starlette.requests import Request

from api.limits import network_of, plain_address


@dataclass(frozen=True)
class Front:
    """What stands between callers and the server.

    Attributes:
        origin: Where browsers reach the server, such as `https://alerts.example.org`; None when
            that is what each request names.
        proxies: Addresses whose `X-Forwarded-For` is believed.
    """

    origin: str | None
    proxies: frozenset[str]

    @property
    def cookie_prefix(self) -> str:
        """What the names of cookies begin with.

        Browsers take a cookie of such a name over TLS only and from this very host, so that a
        neighbouring host cannot plant one (RFC 6265bis, section 4.1.3.2).
        """
        return "__Host-" if self.origin else ""

    def origin_of(self, request: Request) -> str:
        """The origin of our own pages, as the browser that sent this request names it."""
        return self.origin or f"{request.url.scheme}://{request.headers.get('host', '')}"

    def is_https(self, request: Request) -> bool:
        """Whether the browser that sent this request speaks TLS."""
        return self.origin_of(request).startswith("https://")

    def address_of(self, request: Request) -> str:
        """The address that asks, as the limits count it.

        Of `X-Forwarded-For` only what trusted proxies wrote counts: the last address that is none
        of theirs. What stands before it is whatever the caller claims.
        """
        if request.client is None:
            return "unknown"
        peer = plain_address(request.client.host)
        if peer in self.proxies:
            peer = self._forwarded_for(request) or peer
        return network_of(peer)

    def _forwarded_for(self, request: Request) -> str | None:
        entries = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        for entry in reversed(entries):
            try:
                address = plain_address(str(ipaddress.ip_address(entry.strip())))
            except ValueError:
                return None
            if address not in self.proxies:
                return address
        return None


def front_of(request: Request) -> Front:
    """What stands before the application that got this request."""
    front: Front = request.app.state.front
    return front
