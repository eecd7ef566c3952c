"""Audiences of everybody in a store, frozen without the index."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from geo_alerts.audiences.rows import Rows
from geo_alerts.audiences.selection import Channel
from geo_alerts.store.audiences import Frozen, FrozenList, new_id, save
from geo_alerts.store.database import Store
from geo_alerts.store.recipients import Recipient, left_since, read_page
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscriber_log import current
from geo_alerts.store.tables import change_set, subscriber_version


def everybody(store: Store) -> tuple[Rows, NDArray[np.uint8], int]:
    """Numbers, ascending, and channels of everybody, and the latest change."""
    version = subscriber_version.c
    joined = select(version.number, version.channels).join(
        change_set, change_set.c.id == version.change_set_id
    )
    with store.reading() as connection:
        query = current(joined).where(version.is_active).order_by(version.number)
        found = connection.execute(query).all()
        number = np.array([row.number for row in found], dtype=np.int64)
        return number, np.array([row.channels for row in found], np.uint8), latest_seq(connection)


def freeze_everybody(
    store: Store,
    channels: tuple[str, ...] = ("email", "text", "voice"),
    topics: tuple[str, ...] = (),
    control: int = 0,
) -> Frozen:
    """Everybody, in the order of their numbers; the last ones are held out."""
    number, consented, seq = everybody(store)
    consented &= np.uint8(sum(Channel(name).bit for name in channels))
    end = len(number) - control
    people = FrozenList.of(number[:end], consented[:end], number[end:])
    topics_asked = {"any_of": list(topics), "all_of": [], "none_of": []}
    selection = {"channels": list(channels), "topics": topics_asked}
    made = Frozen(
        id=new_id(),
        created_at=store.clock(),
        created_by="key:1",
        purpose="burglaries in Ashford Road",
        lawful_basis="public_task",
        asked=selection,
        selection=selection,
        inputs={"postcode_edition": None, "demonstration": True},
        counts={"people": end, "share": 0.25},
        recipients_sha256=people.sha256(),
        recipient_count=end,
        control_count=control,
        needs_approval=False,
        subscribers_seq=seq,
    )
    save(store, made, people, lambda _connection: None)
    return made


def pages(store: Store, frozen: Frozen, limit: int = 3) -> tuple[list[Recipient], int]:
    """Every recipient, page by page, and how many were left out."""
    found: list[Recipient] = []
    after, left_out, is_last = -1, 0, False
    while not is_last:
        with store.reading() as connection:
            page = read_page(connection, frozen.id, after, limit)
        assert len(page.recipients) <= limit
        found += page.recipients
        left_out += page.left_out
        after, is_last = page.last_position, page.is_last
    positions = [one.position for one in found]
    assert positions == sorted(set(positions))
    with store.reading() as connection:
        assert left_since(connection, frozen.id) == left_out
    return found, left_out


def listed(store: Store, frozen: Frozen, limit: int = 3) -> tuple[list[str], int]:
    """The references, by name, and how many were left out."""
    found, left_out = pages(store, frozen, limit)
    return sorted(one.reference for one in found), left_out
