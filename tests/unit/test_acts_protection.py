"""Releases of protected counts, on both stores: made when due, kept, and only then made again."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from geo_alerts.acts.imports import SubscriberRules, import_subscribers
from geo_alerts.acts.live import Live
from geo_alerts.acts.protection import counts_to_come, prepare, protected, refresh
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.audit import latest
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import lock_seq
from tests.api.world import AS_OF, build, build_places

SOON_S = 30


class Clock:
    """Stands still until it is set on."""

    def __init__(self):
        self.started, self.passed = datetime.now(UTC), timedelta()

    def __call__(self):
        return self.started + self.passed


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def live(store_url, tmp_path, clock):
    build(tmp_path, store_url)
    with Store.open(store_url, clock=clock) as store:
        found = Live(store)
        yield found
        found.wait()


@contextmanager
def no_release_can_be_kept(live):
    """Somebody writes to the store, and others who want to wait."""
    with live.store.writing() as connection:
        lock_seq(connection)
        yield


def _made(live):
    with live.store.reading() as connection:
        return len(latest(connection, act="protection.refresh", limit=10))


def test_a_release_is_made_when_it_is_due_and_not_before(live, clock):
    first = protected(live, live.view())
    clock.passed = timedelta(days=6, hours=23)
    assert protected(live, live.view()).made_at == first.made_at
    live.wait()
    assert _made(live) == 1
    clock.passed = timedelta(days=7)
    assert protected(live, live.view()).made_at == first.made_at
    live.wait()
    second = protected(live, live.view())
    assert second.made_at - first.made_at == timedelta(days=7)
    # The same people are published the same: the secret stays.
    ours, theirs = (
        [round(one.people) for one in each.table.people_by_team()] for each in (first, second)
    )
    assert ours == theirs
    assert second.table.labels == ("topic:burglary",)
    assert _made(live) == 2
    assert Role.ANALYST not in live.policy.exact_roles


def test_the_one_before_is_answered_from_while_the_next_is_made_by_one(live, clock):
    first = protected(live, live.view())
    clock.passed = timedelta(days=8)
    with no_release_can_be_kept(live):
        told = [protected(live, live.view()) for _ in range(20)]
        assert {one.made_at for one in told} == {first.made_at}
    live.wait()
    assert protected(live, live.view()).made_at == clock()
    assert _made(live) == 2


def test_of_those_who_ask_before_there_is_any_one_makes_it_and_all_wait(live):
    told = []
    asking = [
        threading.Thread(target=lambda: told.append(protected(live, live.view()))) for _ in range(8)
    ]
    with no_release_can_be_kept(live):
        for thread in asking:
            thread.start()
        coming = counts_to_come(live)
        assert not coming.done()
        assert not told
    for thread in asking:
        thread.join(SOON_S)
    assert {one.made_at for one in told} == {coming.result().made_at}
    assert _made(live) == 1


def test_what_another_process_made_is_laid_over_the_teams_in_the_background(live, clock):
    first = protected(live, live.view())
    clock.passed = timedelta(days=1)
    made = refresh(Live(live.store), who="cli", role="admin")
    assert protected(live, live.view()).made_at == first.made_at
    live.wait()
    assert protected(live, live.view()).made_at == made.made_at
    assert _made(live) == 2


def test_a_release_of_before_the_first_import_of_subscribers_gives_way(store_url, tmp_path, clock):
    subscribers = build_places(tmp_path, store_url)
    with Store.open(store_url, clock=clock) as store:
        live = Live(store)
        prepare(live)
        assert _people(live) == 0
        rules = SubscriberRules(as_of=AS_OF, rejects=tmp_path / "rejects.csv")
        import_subscribers(store, subscribers, lambda *_: None, rules)
        assert _people(live) == 0
        live.wait()
        assert _people(live) > 80
        assert _made(live) == 2


def _people(live):
    table = protected(live, live.view()).table
    return round(sum(one.people for one in table.people_by_team()))
