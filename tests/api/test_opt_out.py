"""Opt-out wins: no list names anybody whose withdrawal was answered before it was asked for.

Four servers on one store, writers that withdraw people and bring them back through all of them and
through the store itself, readers that freeze and list without pause, and kill -9 of servers and
writers in the middle of what they do. Everything is noted and judged afterwards; see
`tests/opt_out_world.py` for what counts as sure.
"""

import random
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import httpx2
import pytest

from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.api.world import EVERYBODY, build
from tests.opt_out_world import (
    JOIN,
    LEAVE,
    LEAVE_TEXT,
    SERVERS,
    Ledger,
    Servers,
    direct,
    freeze,
    read_list,
    run_writer,
    until,
    write_over_http,
)

# Those who live in T1 from the beginning on, by who changes them.
PEOPLE = EVERYBODY[:60]
BY_HTTP = (PEOPLE[:15], PEOPLE[15:30])
BY_THREAD, BY_PROCESS = PEOPLE[30:45], PEOPLE[45:60]
READERS = 3
SHORT_S, LONG_S, MOST_LATE_S = 8.0, 120.0, 120.0
LOOK_S = 0.05
# Enough of everything, so that silence says something.
DEATHS, LISTS, CHANGES = 3, 60, 150


def chance_of(who):
    return random.Random(who)  # noqa: S311 - chance, not secrets


class Play:
    """Everybody at once, each in a thread of their own."""

    def __init__(self, url, servers, ledger, token):
        self.url = url
        self.servers = servers
        self.ledger = ledger
        self.headers = {"Authorization": f"Bearer {token}"}
        self.stopped = threading.Event()

    def for_seconds(self, lasts_s):
        writers = [lambda people=people: self.write(people) for people in BY_HTTP]
        readers = [lambda number=number: self.read(number) for number in range(READERS)]
        beside = lambda: run_writer(self.url, self.ledger, BY_PROCESS, self.stopped)  # noqa: E731
        acts = [*writers, *readers, self.write_directly, beside, self.kill]
        with ThreadPoolExecutor(len(acts)) as threads:
            begun = [threads.submit(act) for act in acts]
            ends = time.monotonic() + lasts_s
            # On a busy machine it takes longer until enough has happened. Whoever fails ends it.
            while not wait(begun, LOOK_S, FIRST_COMPLETED).done:
                if time.monotonic() > ends and self.is_enough(time.monotonic() - ends):
                    break
            self.stopped.set()
            for one in begun:
                one.result()

    def is_enough(self, late_s):
        ledger = self.ledger
        happened = ledger.deaths >= DEATHS and len(ledger.lists) >= LISTS
        return happened or late_s > MOST_LATE_S

    def address(self, chance):
        return self.servers.addresses[chance.randrange(SERVERS)]

    def write(self, people):
        chance = chance_of(people[0])
        with self.client() as client:

            def act():
                what, person = chance.choice((JOIN, LEAVE, LEAVE_TEXT)), chance.choice(people)
                write_over_http(client, self.ledger, self.address(chance), what, person)

            until(self.stopped, act)

    def write_directly(self):
        chance = chance_of("directly")
        with Store.open(self.url) as store:
            while not self.stopped.wait(chance.uniform(0, 0.02)):
                what, person = chance.choice((JOIN, LEAVE, LEAVE_TEXT)), chance.choice(BY_THREAD)
                with self.ledger.noting(person, what):
                    direct(store, what, person)

    def read(self, number):
        chance = chance_of(number)
        with self.client() as client:

            def act():
                frozen, address = self.ledger.frozen, self.address(chance)
                if not frozen or chance.random() < 0.3:
                    freeze(client, self.ledger, address, "T1")
                    return
                # Old lists as well as those that were frozen a moment ago.
                audience = frozen[-1] if chance.random() < 0.5 else chance.choice(frozen)
                streams = chance.random() < 0.3
                read_list(client, self.ledger, address, audience, streams=streams)

            until(self.stopped, act)

    def kill(self):
        chance = chance_of("killer")
        while not self.stopped.wait(chance.uniform(2.0, 4.0)):
            self.servers.kill(chance.randrange(SERVERS))
            self.ledger.deaths += 1

    def client(self):
        # Each thread has its own, so that none waits for another's connection.
        return httpx2.Client(headers=self.headers, timeout=60)


@pytest.fixture(params=["sqlite", pytest.param("postgis", marks=pytest.mark.postgis)])
def peopled(request, tmp_path):
    """A store with the made world, and the alert system's key to it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'store.db'}"
    else:
        url = request.getfixturevalue("postgis_database")
    return url, build(tmp_path, url)[Role.ALERT_SYSTEM]


def test_no_list_names_anybody_who_had_withdrawn_whoever_is_killed(peopled, tmp_path, prove):
    url, token = peopled
    ledger = Ledger()
    with Store.open(url) as store:
        for person in PEOPLE:
            with ledger.noting(person, JOIN):
                direct(store, JOIN, person)
    with Servers(url, tmp_path) as servers:
        Play(url, servers, ledger, token).for_seconds(LONG_S if prove else SHORT_S)

    events = sum(map(len, ledger.events.values()))
    told = {
        "changes": events,
        "audiences": len(ledger.frozen),
        "lists": len(ledger.lists),
        "deaths": ledger.deaths,
    }
    print(told)  # noqa: T201 - what a proof amounts to, for who runs it with -s
    assert events >= CHANGES, told
    assert len(ledger.lists) >= LISTS, told
    assert ledger.deaths >= DEATHS, told
    assert ledger.wrongly_listed() == []
    assert ledger.wrongly_left_out(PEOPLE) == []
    assert ledger.wrongly_counted(PEOPLE) == []
