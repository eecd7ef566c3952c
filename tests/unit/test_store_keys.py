"""Keys, sessions and one-time tokens: hashes only, ended at once, used once."""

import threading
from datetime import timedelta

from sqlalchemy import func, select

from geo_alerts.store import housekeeping, keys
from geo_alerts.store.database import Store
from geo_alerts.store.keys import Identity
from geo_alerts.store.tables import session, sign_in_token

ANNE = Identity("Anne's laptop", "analyst")
HASH = "a" * 64
OTHER = "b" * 64


def test_a_key_is_found_until_it_is_revoked(store: Store):
    keys.add_key(store, "k1", ANNE, HASH, "cli")
    keys.add_key(store, "k2", Identity("alerts", "alert_system"), OTHER, "cli")
    with store.reading() as connection:
        found = keys.key_of(connection, "k1")
        assert keys.key_of(connection, "k3") is None
    assert found is not None
    assert (found[0].name, found[0].role, found[1]) == ("Anne's laptop", "analyst", HASH)

    assert keys.revoke(store, "k1", "cli")
    assert not keys.revoke(store, "k1", "cli")
    assert not keys.revoke(store, "k3", "cli")
    with store.reading() as connection:
        assert keys.key_of(connection, "k1") is None
        assert keys.key_of(connection, "k2") is not None
        listed = keys.keys(connection)
    assert [(one.id, one.revoked_at is None) for one in listed] == [("k1", False), ("k2", True)]


def test_the_day_of_the_latest_use_is_kept(store: Store):
    keys.add_key(store, "k1", ANNE, HASH, "cli")
    keys.note_use(store, "k1", "2025-06-10")
    with store.reading() as connection:
        assert keys.keys(connection)[0].last_used_on == "2025-06-10"


def test_a_token_signs_in_once_however_many_try_at_once(store: Store):
    soon = store.clock() + timedelta(minutes=10)
    keys.add_sign_in_token(store, HASH, ANNE, soon, "cli")
    signed_in: list[Identity | None] = []

    def sign_in(number: int) -> None:
        signed_in.append(keys.use_sign_in_token(store, HASH, f"{number}" * 64, soon))

    callers = [threading.Thread(target=sign_in, args=(number,)) for number in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(one is None for one in signed_in) == [False, True, True, True]
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(session)).scalar_one() == 1


def test_a_token_that_expired_or_is_unknown_signs_nobody_in(store: Store):
    now = store.clock()
    keys.add_sign_in_token(store, HASH, ANNE, now - timedelta(seconds=1), "cli")
    later = now + timedelta(hours=1)
    assert keys.use_sign_in_token(store, HASH, OTHER, later) is None
    assert keys.use_sign_in_token(store, "c" * 64, OTHER, later) is None


def test_a_session_is_known_until_it_expires_or_is_ended(store: Store):
    now = store.clock()
    until = now + timedelta(hours=8)
    keys.add_sign_in_token(store, HASH, ANNE, until, "cli")
    assert keys.use_sign_in_token(store, HASH, OTHER, until) == ANNE
    with store.reading() as connection:
        assert keys.session_of(connection, OTHER, now) == (ANNE, until)
        assert keys.session_of(connection, OTHER, until) is None
        assert keys.session_of(connection, HASH, now) is None
    keys.end_session(store, OTHER)
    keys.end_session(store, OTHER)
    with store.reading() as connection:
        assert keys.session_of(connection, OTHER, now) is None


def test_what_expired_is_removed_at_the_next_start(store: Store):
    now = store.clock()
    for number, until in enumerate((now - timedelta(seconds=1), now + timedelta(hours=1))):
        keys.add_sign_in_token(store, f"{number}" * 64, ANNE, now + timedelta(hours=number), "cli")
        keys.add_sign_in_token(store, f"{number + 5}" * 64, ANNE, now + timedelta(hours=1), "cli")
        keys.use_sign_in_token(store, f"{number + 5}" * 64, f"{number}" * 64, until)
    housekeeping.tidy(store)
    with store.reading() as connection:
        assert connection.execute(select(session.c.id_sha256)).scalars().all() == ["1" * 64]
        kept = connection.execute(select(sign_in_token.c.sha256)).scalars().all()
    assert sorted(kept) == ["1" * 64, "5" * 64, "6" * 64]
