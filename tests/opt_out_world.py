"""Servers, writers and readers as processes and threads, and a ledger of who had withdrawn when.

Everybody notes when a request began and when its answer was there, by the one clock that all
processes of a machine share. Nothing is judged before all is over: a person whom a list names was
withdrawn for sure when the withdrawal was answered before the list was asked for, and nobody began
to join the person again before the list was there.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx2

from geo_alerts.sources.subscriber_rules import FIELDS, Content, SubscriberRow
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_changes import record_change

SERVERS = 4
START_S = 120.0
NEVER = float("inf")
EMAIL, TEXT = "email", "text"
BITS = {EMAIL: 1, TEXT: 2}

# What a writer does to a person; `text` withdraws from that channel only.
JOIN, LEAVE, LEAVE_TEXT = "join", "leave", "text"
ENDS = {EMAIL: {LEAVE}, TEXT: {LEAVE, LEAVE_TEXT}}

# A writer that is a process of its own, to be killed: it says what it begins and what is done.
WRITER = """
import sys, random
from geo_alerts.store.database import Store
from tests.opt_out_world import direct, say
url, seed, *people = sys.argv[1:]
chance = random.Random(seed)
with Store.open(url) as store:
    while True:
        act, person = chance.choice(("join", "leave", "text")), chance.choice(people)
        say("begun", act, person)
        direct(store, act, person)
        say("done", act, person)
"""


@dataclass
class Event:
    """A change of one person; `answered` is endless for one whose answer nobody got."""

    act: str
    begun: float
    answered: float = NEVER


@dataclass(frozen=True)
class Frozen:
    """An audience: when it was asked for, when it was there, and how many people it has."""

    id: str
    begun: float
    answered: float
    people: int


@dataclass(frozen=True)
class Listed:
    """A list that somebody got: when it was asked for, when it was there, whom it names."""

    audience: Frozen
    begun: float
    answered: float
    channels: dict[str, tuple[str, ...]]
    is_whole: bool


@dataclass
class Ledger:
    """What happened, noted by all threads; of one person always by one thread."""

    events: defaultdict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    frozen: list[Frozen] = field(default_factory=list)
    lists: list[Listed] = field(default_factory=list)
    deaths: int = 0

    @contextlib.contextmanager
    def noting(self, person: str, act: str) -> Iterator[None]:
        event = Event(act, time.monotonic())
        self.events[person].append(event)
        yield
        event.answered = time.monotonic()

    def is_out(self, person: str, channel: str, begun: float, answered: float) -> bool:
        """Whether the person was withdrawn from the channel for sure, all the time."""
        for event in reversed(self.events[person]):
            if event.begun > answered:
                continue
            if event.act == JOIN:
                return False
            if event.act in ENDS[channel] and event.answered <= begun:
                return True
        return False

    def is_in(self, person: str, channel: str, begun: float, answered: float) -> bool:
        """Whether the person consented for sure, all the time."""
        for event in reversed(self.events[person]):
            if event.begun > answered:
                continue
            if event.act in ENDS[channel]:
                return False
            if event.act == JOIN and event.answered <= begun:
                return True
        return False

    def left_for_good(self, person: str, channel: str, listed: Listed) -> bool:
        """Whether the person withdrew after the audience was there and before it was listed."""
        return any(
            event.act in ENDS[channel]
            and event.begun >= listed.audience.answered
            and event.answered <= listed.begun
            for event in self.events[person]
        )

    def wrongly_listed(self) -> list[tuple[str, str, str]]:
        """Reason, person and channel of each that a list should not have named."""
        found = []
        for listed in self.lists:
            for person, channels in listed.channels.items():
                for channel in channels:
                    if self.is_out(person, channel, listed.begun, listed.answered):
                        found.append(("withdrawn", person, channel))
                    elif self.left_for_good(person, channel, listed):
                        found.append(("left for good", person, channel))
        return found

    def wrongly_left_out(self, people: list[str]) -> list[tuple[str, str]]:
        """Person and channel of each that a whole list should have named: all is not lost."""
        return [
            (person, channel)
            for listed in self.lists
            for person in people
            for channel in BITS
            if listed.is_whole
            and self.is_in(person, channel, listed.audience.begun, listed.answered)
            and channel not in listed.channels.get(person, ())
        ]

    def wrongly_counted(self, people: list[str]) -> list[tuple[int, int, int]]:
        """Least, told and most people of each audience whose count cannot be."""
        found = []
        for one in self.frozen:
            span = (one.begun, one.answered)
            least = sum(any(self.is_in(who, c, *span) for c in BITS) for who in people)
            most = sum(not all(self.is_out(who, c, *span) for c in BITS) for who in people)
            if not least <= one.people <= most:
                found.append((least, one.people, most))
        return found


# --- servers --------------------------------------------------------------------------------------


class Servers:
    """Processes that serve one store; one that was killed comes back at another address."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes] | None] = [None] * SERVERS
        self.addresses: list[str] = [""] * SERVERS
        self.starts = 0

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            undo.callback(self.stop)
            for which in range(SERVERS):
                self._begin(which)
            for which in range(SERVERS):
                self._await(which)
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for process in self.processes:
            if process is not None:
                process.send_signal(signal.SIGINT)
        for process in self.processes:
            if process is not None:
                process.communicate(timeout=START_S)

    def kill(self, which: int) -> None:
        """Kill a server in the middle of what it does, and start another in its place."""
        process = self.processes[which]
        assert process is not None
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=START_S)
        self._begin(which)
        self._await(which)

    def _begin(self, which: int) -> None:
        self.starts += 1
        log = (self.folder / f"server-{which}-{self.starts}.log").open("wb")
        with log:
            self.processes[which] = subprocess.Popen(
                [sys.executable, "-m", "geo_alerts.cli", "serve", "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "GEO_ALERTS_STORE": self.url},
            )

    def _await(self, which: int) -> None:
        process = self.processes[which]
        assert process is not None
        assert process.stdout is not None
        link = process.stdout.readline().decode().strip()
        assert link.startswith("http://"), self.folder
        self.addresses[which] = link.partition("/sign-in")[0]


# --- writers --------------------------------------------------------------------------------------


def direct(store: Store, act: str, person: str) -> None:
    """Change a person through the store itself, as a process beside the servers does."""
    now = store.clock()
    if act == JOIN:
        row = SubscriberRow(person, now, content=Content(("SY1 1AA",), sum(BITS.values())))
    elif act == LEAVE:
        row = SubscriberRow(person, now, withdraws=True)
    else:
        offers = frozenset({f"channel:{TEXT}"})
        row = SubscriberRow(person, now, unsaid=frozenset(FIELDS), withdraws_from=offers)
    record_change(store, row, source="beside")


def say(*words: str) -> None:
    """Tell the test what a process of its own does, and when."""
    sys.stdout.write(f"{time.monotonic()} {' '.join(words)}\n")
    sys.stdout.flush()


def write_over_http(
    client: httpx2.Client, ledger: Ledger, address: str, act: str, person: str
) -> None:
    """Change a person over HTTP; an answer that nobody got leaves open whether it was done."""
    said: dict[str, object] = {"reference": person}
    if act == JOIN:
        said |= {"postcodes": ["SY1 1AA"], "channels": list(BITS)}
    elif act == LEAVE_TEXT:
        said["from"] = [f"channel:{TEXT}"]
    call = "upsert" if act == JOIN else "withdraw"
    with contextlib.suppress(httpx2.TransportError), ledger.noting(person, act):
        answer = client.post(f"{address}/v1/subscribers:{call}", json=said)
        assert answer.status_code == 200, answer.text
        assert answer.json()["outcome"] != "older_than_known"


def run_writer(url: str, ledger: Ledger, people: list[str], stopped: threading.Event) -> None:
    """Run writers beside the servers, and kill each in the middle of what it does."""
    chance = random.Random(7)  # noqa: S311 - chance, not secrets
    while not stopped.is_set():
        words = [sys.executable, "-c", WRITER, url, str(chance.random()), *people]
        process = subprocess.Popen(words, stdout=subprocess.PIPE)
        stopped.wait(chance.uniform(4.0, 6.0))
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate(timeout=START_S)
        ledger.deaths += 1
        for line in told.decode().splitlines():
            at, what, act, person = line.split()
            if what == "begun":
                ledger.events[person].append(Event(act, float(at)))
            else:
                ledger.events[person][-1].answered = float(at)


# --- readers --------------------------------------------------------------------------------------


def freeze(client: httpx2.Client, ledger: Ledger, address: str, team: str) -> None:
    """Freeze an audience of a team."""
    selection = {"area": {"type": "team", "codes": [team]}}
    asked = {"selection": selection, "purpose": "a proof", "lawful_basis": "public_task"}
    begun = time.monotonic()
    answer = client.post(f"{address}/v1/audiences", json=asked)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    people = made["figures"]["people"]
    ledger.frozen.append(Frozen(made["id"], begun, time.monotonic(), people))


def read_list(
    client: httpx2.Client, ledger: Ledger, address: str, audience: Frozen, *, streams: bool
) -> None:
    """Read a list in pages, each a request of its own, or as a stream."""
    url = f"{address}/v1/audiences/{audience.id}/recipients"
    token = ""
    while True:
        begun = time.monotonic()
        if streams:
            answer = client.get(url, headers={"Accept": "application/x-ndjson"})
            rows = [json.loads(line) for line in answer.text.splitlines()]
            following = None
        else:
            answer = client.get(url, params={"page_size": 20, "page_token": token})
            rows = answer.json()["recipients"]
            following = answer.json()["next_page_token"]
        assert answer.status_code == 200, answer.text
        named = {row["reference"]: tuple(row["channels"]) for row in rows}
        ledger.lists.append(Listed(audience, begun, time.monotonic(), named, streams))
        if not following:
            return
        token = following


def until(stopped: threading.Event, act: Callable[[], None]) -> None:
    """Do something again and again; a server that was killed meanwhile is passed over."""
    while not stopped.is_set():
        with contextlib.suppress(httpx2.TransportError):
            act()
