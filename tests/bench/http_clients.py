"""Clients that ask one HTTP server without pause, all in this one process: `python -m` it.

The plan comes as JSON on standard input: where, for how long, and of each kind how many clients ask
which requests in turn. Each client has a connection of its own that stays open, and sends its next
request when the last was answered in full. The requests are rendered before the clock starts, and
answers are read and counted, not parsed: two processors are for the server and for this.

The result goes to standard output: of each kind the answers by status, the milliseconds of each,
and how long it took.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any, Final

LENGTH: Final = b"content-length:"


@dataclass(frozen=True)
class Kind:
    """Clients of one kind, and what they were answered."""

    name: str
    clients: int
    requests: list[bytes]
    statuses: Counter[int] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


def rendered(host: str, port: int, asked: dict[str, Any]) -> bytes:
    """A request of HTTP/1.1."""
    body = asked.get("body", "").encode()
    lines = [
        f"{asked['method']} {asked['path']} HTTP/1.1",
        f"Host: {host}:{port}",
        f"Authorization: Bearer {asked['key']}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def client(host: str, port: int, kind: Kind, first: int, until: float) -> None:
    """Ask until the time is over."""
    reader, writer = await asyncio.open_connection(host, port)
    for request in islice(cycle(kind.requests), first, None):
        began = time.perf_counter()
        if began >= until:
            break
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        start = head.lower().index(LENGTH) + len(LENGTH)
        await reader.readexactly(int(head[start : head.index(b"\r\n", start)]))
        kind.milliseconds.append((time.perf_counter() - began) * 1_000)
        kind.statuses[int(head[9:12])] += 1
    writer.close()
    await writer.wait_closed()


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Let all clients ask at once."""
    host, port = plan["host"], plan["port"]
    kinds = [
        Kind(one["name"], one["clients"], [rendered(host, port, asked) for asked in one["asked"]])
        for one in plan["kinds"]
    ]
    began = time.perf_counter()
    until = began + plan["seconds"]
    # Each begins elsewhere in the list, or all would ask the same at the same time.
    await asyncio.gather(
        *(
            client(host, port, kind, number * len(kind.requests) // kind.clients, until)
            for kind in kinds
            for number in range(kind.clients)
        )
    )
    took = time.perf_counter() - began
    return {
        kind.name: {
            "statuses": dict(kind.statuses),
            "milliseconds": kind.milliseconds,
            "seconds": took,
        }
        for kind in kinds
    }


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
