"""The audience index on disk: read as it was written, or not at all."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete

from geo_alerts.audiences.people.index import AudienceIndex
from geo_alerts.audiences.people.live_index import LiveIndex
from geo_alerts.store.database import Store
from geo_alerts.store.index_snapshot import (
    MANIFEST,
    MadeOf,
    StoredIndex,
    history_at,
    read_index,
    remove_every_index,
    remove_indexes,
    write_index,
)
from geo_alerts.store.tables import change_set
from tests.audience_world import (
    EAST,
    EVERYTHING,
    TEAM_1,
    UNITS,
    WEST,
    Person,
    directory_of,
    ground_of,
    index_of,
    layer_of,
    selection_of,
)
from tests.subscriber_world import Import, here, seq_of

DIRECTORY = directory_of(UNITS)
LAYER = layer_of({"T-1": WEST, "T-2": EAST})
PEOPLE = [
    Person(
        "a-secret-reference", ("SY1 1AA", "SY12 1AB"), 3, ("shop",), ("fraud",), joined="2024-05-01"
    ),
    Person("b", ("SY1 2AB", "BFPO 12"), 4, opted_out=("channel:text",)),
    Person("c", (), 1),
    Person("d", ("SY1 1ZZ",), 7),
]
INDEX = index_of(PEOPLE, DIRECTORY, LAYER)
MADE_OF = "edition 1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a store.db.index"


@pytest.fixture
def written(folder: Path, store: Store, bring: Import) -> MadeOf:
    """What the index in the folder was made of."""
    bring(1, here("A1"))
    with store.reading() as connection:
        made_of = MadeOf(seq_of(store), history_at(connection, seq_of(store)), MADE_OF)
    write_index(folder, stored(made_of))
    return made_of


def stored(made_of: MadeOf) -> StoredIndex:
    return StoredIndex(made_of, INDEX.base.arrays(), INDEX.base.profiles)


def read(folder: Path, store: Store, directory: str = MADE_OF) -> StoredIndex | None:
    with store.reading() as connection:
        return read_index(folder, connection, directory)


def folders(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.mark.usefixtures("written")
def test_what_was_written_answers_as_it_did(folder: Path, store: Store):
    found = read(folder, store)
    assert found is not None
    ground = ground_of(DIRECTORY, LAYER)
    again = LiveIndex.of(AudienceIndex.of_arrays(found.arrays, found.profiles, ground))
    for area in (EVERYTHING, TEAM_1, {"type": "postcodes", "postcodes": ["BFPO 12"]}):
        for filters in ({}, {"channels": ["text"]}, {"joined": {"on_or_after": "2024-01-01"}}):
            selection = selection_of(area, **filters)
            before, after = INDEX.choose(selection), again.choose(selection)
            assert after.counts == before.counts
            assert after.references().tolist() == before.references().tolist()
            assert after.numbers.tolist() == before.numbers.tolist()
    assert again.placement() == INDEX.placement()
    assert again.unplaced() == INDEX.unplaced()


@pytest.mark.usefixtures("written")
def test_only_the_owner_may_read_it(folder: Path):
    (path,) = folders(folder)
    assert {each.stat().st_mode & 0o777 for each in (folder, path)} == {0o700}
    assert {each.stat().st_mode & 0o777 for each in path.iterdir()} == {0o600}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


NAMES = sorted({*INDEX.base.arrays(), MANIFEST})


@pytest.mark.parametrize("damage", [flip, cut, Path.unlink])
def test_what_is_damaged_is_not_used_and_goes(
    folder: Path, store: Store, written: MadeOf, damage: Callable[[Path], None]
):
    for name in NAMES:
        write_index(folder, stored(written))
        (path,) = folders(folder)
        if (path / name).stat().st_size:
            damage(path / name)
            assert read(folder, store) is None, name
            assert folders(folder) == []


@pytest.mark.usefixtures("written")
def test_what_has_another_layout_is_not_used(folder: Path, store: Store):
    (path,) = folders(folder)
    _, _, text = (path / MANIFEST).read_text().partition("\n")
    assert json.loads(text)["layout"] == 1
    (path / MANIFEST).write_text(text.replace('"layout": 1', '"layout": 0'))
    assert read(folder, store) is None


@pytest.mark.usefixtures("written")
def test_what_was_made_of_another_directory_is_not_used(folder: Path, store: Store):
    assert read(folder, store, "edition 2") is None
    assert read(folder, store) is not None


@pytest.mark.usefixtures("written")
def test_what_was_made_of_another_history_is_not_used(folder: Path, store: Store, bring: Import):
    bring(2, here("A2"))
    with store.reading() as connection:
        assert read_index(folder, connection, MADE_OF) is not None
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM subscriber_version")
        connection.execute(delete(change_set))
    bring(3, here("A3"))
    assert read(folder, store) is None


def test_the_latest_stays_and_older_ones_go(folder: Path, store: Store, written: MadeOf):
    write_index(folder, stored(MadeOf(written.seq + 1, "another", MADE_OF)))
    assert len(folders(folder)) == 1
    # It is of a change that this store does not know.
    assert read(folder, store) is None


def test_what_was_made_before_an_erasure_is_removed_with_every_reference(
    folder: Path, written: MadeOf
):
    assert any(b"a-secret-reference" in path.read_bytes() for path in folders(folder)[0].iterdir())
    remove_indexes(folder, before=written.seq)
    assert len(folders(folder)) == 1
    remove_indexes(folder, before=written.seq + 1)
    assert folders(folder) == []


def test_of_an_erasure_nothing_stays_not_even_what_is_being_written(folder: Path, written: MadeOf):
    write_index(folder, stored(MadeOf(written.seq + 9, "of a store restored since", MADE_OF)))
    (folder / "unfinished-1-a").mkdir()
    remove_every_index(folder)
    assert folders(folder) == []
    assert list(folder.iterdir()) == []
    remove_every_index(folder / "no such folder")


def test_nothing_is_left_of_what_could_not_be_written(folder: Path):
    broken = StoredIndex(MadeOf(1, "", MADE_OF), {"no/such/folder": np.zeros(3)}, ())
    with pytest.raises(OSError, match="no/such"):
        write_index(folder, broken)
    assert folders(folder) == []
