"""Releases of protected counts, on both stores: made when due, kept, and only then made again."""

from datetime import UTC, datetime, timedelta

import pytest

from geo_alerts.acts.live import Live
from geo_alerts.acts.protection import protected
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.audit import latest
from geo_alerts.store.database import Store
from tests.api.world import build


@pytest.fixture
def live(store_url, tmp_path):
    build(tmp_path, store_url)
    started, passed = datetime.now(UTC), [timedelta()]
    with Store.open(store_url, clock=lambda: started + passed[0]) as store:
        found = Live(store)
        found.wait = lambda **time: passed.__setitem__(0, timedelta(**time))
        yield found


def test_a_release_is_made_when_it_is_due_and_not_before(live):
    first = protected(live, live.view())
    live.wait(days=6, hours=23)
    assert protected(live, live.view()).made_at == first.made_at
    live.wait(days=7)
    second = protected(live, live.view())
    assert second.made_at - first.made_at == timedelta(days=7)
    # The same people are published the same: the secret stays.
    ours, theirs = (
        [round(one.people) for one in each.table.people_by_team()] for each in (first, second)
    )
    assert ours == theirs
    assert second.table.labels == ("topic:burglary",)
    with live.store.reading() as connection:
        entries = latest(connection, act="protection.refresh", limit=10)
    assert len(entries) == 2
    assert Role.ANALYST not in live.policy.exact_roles
