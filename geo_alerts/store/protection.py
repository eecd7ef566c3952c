"""Protected counts in the store: the secret, the latest release, whom a release is made from."""

import json
import secrets
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Text, cast, delete, func, insert, select

from geo_alerts.store.audience_tables import protected_count, protected_release, protection_secret
from geo_alerts.store.bulk import fetch_columns
from geo_alerts.store.subscriber_log import current, with_change_set
from geo_alerts.store.tables import subscriber_version

SECRET_BYTES: Final = 32
# The latest is answered from; a reader may still be at the one before.
RELEASES_KEPT: Final = 2
# Sums of channel bits, 0 to 7: the rows of the counts of a label.
CHANNEL_SETS: Final = 8
# Bytes of a key of a postcode and of the number of a block.
KEY_BYTES: Final = 8
# Among the parameters of a release: whether it was made before subscribers were ever imported.
OF_NOBODY: Final = "of_nobody"
# And how many numbers of blocks there are.
BLOCKS: Final = "blocks"

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """Which release is the latest.

    Attributes:
        id: Its number.
        made_at: When it was made.
        postcode_edition_id: The directory whose units its blocks hold.
        is_of_nobody: Whether it was made before subscribers were ever imported.
    """

    id: int
    made_at: datetime
    postcode_edition_id: int
    is_of_nobody: bool


@dataclass(frozen=True, eq=False)
class Published:
    """What a release publishes.

    Attributes:
        keys: n keys of postcodes that have a block, also of terminated units and of those that the
            directory holds no more, ascending.
        block: n blocks.
        block_count: How many numbers of blocks there are.
        counts: Label, or empty text for everybody, -> 8 rows of counts by block and region.
    """

    keys: npt.NDArray[np.uint64]
    block: npt.NDArray[np.int32]
    block_count: int
    counts: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class People:
    """Some subscribers who may be reached, as columns of n.

    Attributes:
        channels: Sums of channel bits.
        labels: Groups and topics as JSON, as one text: many people share one.
        postcodes: Normalised postcodes as JSON.
    """

    channels: list[int]
    labels: list[tuple[str, str]]
    postcodes: list[str]


def secret_of(connection: Connection) -> bytes:
    """The store's secret; drawn when it is first asked for.

    Args:
        connection: A writing one that others with the same wish wait for.
    """
    found = drawn_secret(connection)
    if found is None:
        found = secrets.token_bytes(SECRET_BYTES)
        connection.execute(insert(protection_secret).values(id=1, secret=found))
    return found


def drawn_secret(connection: Connection) -> bytes | None:
    """The store's secret; None before it is first asked for, when no estimate was made either."""
    found = connection.execute(select(protection_secret.c.secret)).scalar()
    return None if found is None else bytes(found)


def latest_release(connection: Connection) -> ReleaseFacts | None:
    """The latest release; None before the first."""
    release = protected_release.c
    query = select(
        release.id, release.made_at, release.postcode_edition_id, release.parameters
    ).order_by(release.id.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    if row is None:
        return None
    is_of_nobody = bool(row.parameters.get(OF_NOBODY, False))
    return ReleaseFacts(row.id, row.made_at, row.postcode_edition_id, is_of_nobody)


def load_release(connection: Connection, release_id: int) -> Published | None:
    """What a release publishes; None when it is not kept any more."""
    release = protected_release.c
    of_it = select(release.blocks, release.parameters).where(release.id == release_id)
    found = connection.execute(of_it).one_or_none()
    if found is None:
        return None
    whole = zlib.decompress(found.blocks)
    units = len(whole) // (KEY_BYTES + 4)
    rows = connection.execute(
        select(protected_count.c.filter, protected_count.c.counts).where(
            protected_count.c.release_id == release_id
        )
    )
    return Published(
        np.frombuffer(whole, dtype="<u8", count=units).astype(np.uint64),
        np.frombuffer(whole, dtype="<i4", offset=units * KEY_BYTES).astype(np.int32),
        int(found.parameters[BLOCKS]),
        {row.filter: _unpacked(row.counts) for row in rows},
    )


def add_release(
    connection: Connection,
    published: Published,
    *,
    made_at: datetime,
    postcode_edition_id: int,
    parameters: Mapping[str, Any],
) -> int:
    """Keep a release, and remove those that nobody reads any more.

    Returns:
        Its number.
    """
    blocks = published.keys.astype("<u8").tobytes() + published.block.astype("<i4").tobytes()
    added = insert(protected_release).values(
        made_at=made_at,
        postcode_edition_id=postcode_edition_id,
        parameters={**parameters, BLOCKS: published.block_count},
        blocks=zlib.compress(blocks),
    )
    release_id: int = connection.execute(added.returning(protected_release.c.id)).scalar_one()
    rows = [
        {"release_id": release_id, "filter": label, "counts": _packed(counts)}
        for label, counts in published.counts.items()
    ]
    connection.execute(insert(protected_count), rows)
    old = (
        select(protected_release.c.id).order_by(protected_release.c.id.desc()).offset(RELEASES_KEPT)
    )
    gone = list(connection.execute(old).scalars())
    connection.execute(delete(protected_count).where(protected_count.c.release_id.in_(gone)))
    connection.execute(delete(protected_release).where(protected_release.c.id.in_(gone)))
    return release_id


def people_of_labels(connection: Connection) -> dict[str, int]:
    """How many people who may be reached have each group and topic, by `group:…` and `topic:…`."""
    version = subscriber_version.c
    texts: list[Any] = [cast(version.groups, Text), cast(version.topics, Text)]
    counts = with_change_set(select(*texts, func.count()))
    query = current(counts).where(version.is_active).group_by(*texts)
    counted: dict[str, int] = {}
    for of_groups, of_topics, count in connection.execute(query):
        for label in labels_in((of_groups, of_topics)):
            counted[label] = counted.get(label, 0) + count
    return counted


def labels_in(texts: tuple[str, str]) -> frozenset[str]:
    """The labels in the JSON of somebody's groups and topics, as `group:…` and `topic:…`."""
    return frozenset(
        f"{kind}:{name}"
        for kind, text in zip(("group", "topic"), texts, strict=True)
        for name in json.loads(text)
    )


def everybody(connection: Connection) -> Iterator[People]:
    """Everybody who may be reached, some at a time, in no order."""
    version = subscriber_version.c
    query = select(
        version.channels,
        cast(version.groups, Text),
        cast(version.topics, Text),
        cast(version.postcodes, Text),
    )
    reachable = current(with_change_set(query)).where(version.is_active, version.channels != 0)
    for channels, groups, topics, postcodes in fetch_columns(connection, reachable):
        labels = list(zip(groups, topics, strict=True))
        yield People(list(channels), labels, list(postcodes))


def _packed(counts: Counts) -> bytes:
    return zlib.compress(counts.astype("<i4").tobytes())


def _unpacked(payload: bytes) -> Counts:
    flat = np.frombuffer(zlib.decompress(payload), dtype="<i4").astype(np.int64)
    return flat.reshape(CHANNEL_SETS, -1)
