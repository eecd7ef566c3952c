"""Subscriber files, single changes and looks at the store, for tests of what becomes of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.subscriber_rules import Content, SubscriberRow
from geo_alerts.sources.subscribers import SubscriberFile, read_subscribers
from geo_alerts.store import subscriber_imports
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscriber_imports import SubscriberImport
from geo_alerts.store.subscribers import load_members
from geo_alerts.store.tables import change_set, subscriber_reference, withdrawal

HEADER = "reference,postcodes,channels,groups,topics,joined,left"
DAY = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)

# A file of a day in June 2025 with some lines: read through, and imported.
Read = Callable[..., SubscriberFile]
Import = Callable[..., SubscriberImport]


def on(day: int) -> datetime:
    """Noon of a day in June 2025."""
    return DAY.replace(day=day)


def read_people(folder: Path, day: int, *lines: str, header: str = HEADER) -> SubscriberFile:
    path = folder / f"people {day}.csv"
    path.write_text("\n".join([header, *lines]) + "\n")
    return read_subscribers(path, as_of=on(day), normalise=normalise)


def here(reference: str, postcode: str = "SY1 1AA") -> str:
    return f"{reference},{postcode},text,,,,"


def gone(reference: str, left: str = "x") -> str:
    return f"{reference},SY1 1AA,text,,,,{left}"


def many(count: int) -> list[str]:
    return [here(f"A{number:03}") for number in range(count)]


def said(reference: str, day: int, *, withdraws: bool = False) -> SubscriberRow:
    content = Content() if withdraws else Content(("SY9 5AA",), 1)
    return SubscriberRow(reference, on(day), withdraws=withdraws, content=content)


def active(store: Store) -> dict[str, tuple[str, ...]]:
    """Reference -> postcodes of everybody who may be reached."""
    with store.reading() as connection:
        members = load_members(connection)
    offsets = members.postcode_offset
    return {
        str(reference): tuple(members.postcode[offsets[row] : offsets[row + 1]].tolist())
        for row, reference in enumerate(members.reference)
    }


def withdrawn_since(store: Store, reference: str, seq: int) -> list[str]:
    """What a person withdrew from since a list was made: `all`, `channel:text` and so on."""
    query = (
        select(withdrawal.c.scope, withdrawal.c.name)
        .join(change_set, change_set.c.id == withdrawal.c.change_set_id)
        .join(subscriber_reference, subscriber_reference.c.number == withdrawal.c.number)
        .where(subscriber_reference.c.reference == reference, change_set.c.seq.is_not(None))
        .where(func.coalesce(withdrawal.c.before_seq, change_set.c.seq) > seq)
    )
    with store.reading() as connection:
        found = connection.execute(query.distinct())
        return sorted(f"{row.scope}:{row.name}".rstrip(":") for row in found)


def rows_in(store: Store, table: object) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def seq_of(store: Store) -> int:
    with store.reading() as connection:
        return latest_seq(connection)


def during(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something after a file was staged and before it is switched on."""
    switch = subscriber_imports._Stage.switch  # noqa: SLF001 - the moment to interfere in

    def act_then_switch(stage: object, by: str) -> int:
        act()
        return switch(stage, by)

    monkeypatch.setattr(subscriber_imports._Stage, "switch", act_then_switch)  # noqa: SLF001
