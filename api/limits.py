"""How often one address may ask: token buckets, held in this process."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_ADDRESSES = 10_000


@dataclass
class TokenBuckets:
    """A bucket an address: full at first, a token a request, filled again at an even pace.

    Called from the event loop alone, so without a lock. The addresses longest unseen are forgotten
    first when there are more than `MOST_ADDRESSES`.
    """

    per_minute: int
    clock: Callable[[], float]
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait_s(self, address: str) -> float:
        """Seconds until the address has a token again; 0 when it has one now. Takes none."""
        return max(0.0, (1 - self._tokens(address)) * 60 / self.per_minute)

    def take(self, address: str) -> float:
        """Take a token; the seconds to wait when there is none, else 0."""
        wait_s = self.wait_s(address)
        left = self._tokens(address) - (1 if wait_s == 0 else 0)
        self._left[address] = (left, self.clock())
        self._left.move_to_end(address)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return wait_s

    def _tokens(self, address: str) -> float:
        left, at = self._left.get(address, (float(self.per_minute), self.clock()))
        return min(float(self.per_minute), left + (self.clock() - at) * self.per_minute / 60)


def plain_address(host: str) -> str:
    """An address in its one way of writing, without zone.

    An IPv4 address that came through an IPv6 socket (`::ffff:192.0.2.1`) is that IPv4 address.
    What is no IPv6 address is given back as it is.
    """
    bare = host.partition("%")[0]
    if ":" not in bare:
        return bare
    address = ipaddress.IPv6Address(bare)
    return str(address.ipv4_mapped or address)


def network_of(host: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that an IPv6 address is in."""
    plain = plain_address(host)
    if ":" not in plain:
        return plain
    return str(ipaddress.ip_network(f"{plain}/64", strict=False))
