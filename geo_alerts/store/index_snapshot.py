"""The audience index on disk, so that a server starts without reading every subscriber again.

A cache, and never more: it says which change of which store, which directory and which layout it
was made of, every array has its hash, and what does not fit or verify is not used. It is written to
a folder of its own that gets its name when it is whole. It holds references: only the owner may
read it, and an erasure removes it, as does whoever notices that somebody was erased since.
"""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, func, select

from geo_alerts.audiences.people.members import Profile
from geo_alerts.errors import StoreError
from geo_alerts.store.tables import change_counter, change_set

# Another layout of the arrays is another version: what was written before is not read.
LAYOUT: Final = 1
MANIFEST: Final = "manifest.json"
WHOLE, UNFINISHED = "index-", "unfinished-"
HASHED_AT_ONCE: Final = 1 << 22
# Unfinished folders of processes that ended are removed when they are so old.
ABANDONED_AFTER_S: Final = 3_600

# Read once and kept in memory; the others are maps of their files, looked at where people are.
NEVER_MAPPED: Final = frozenset(
    {
        "profile",
        "home_offset",
        "further_offset",
        "further_person",
        "further_home",
        "further_profile",
    }
)


# What a change set is told apart by. Statements that every question asks are made once.
_ONE: Final = change_set.c
_TOLD_BY: Final = (
    _ONE.id,
    _ONE.seq.label("set_seq"),
    _ONE.kind,
    _ONE.owner,
    _ONE.sha256,
    _ONE.recorded_at,
    _ONE.switched_at,
)
_AT: Final = (
    select(*_TOLD_BY).where(_ONE.seq <= bindparam("seq")).order_by(_ONE.seq.desc()).limit(1)
)
_LATEST: Final = select(*_TOLD_BY, change_counter.c.seq.label("latest_seq")).select_from(
    change_counter.outerjoin(
        change_set, _ONE.seq == select(func.max(_ONE.seq)).correlate(None).scalar_subquery()
    )
)


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What an index was made of.

    Attributes:
        seq: The number of the latest change of the store that is in it.
        history: Tells the change apart from one of the same number in another store, or in this one
            before it was restored from a copy; see `history_at`.
        directory: The edition of postcodes.
    """

    seq: int
    history: str
    directory: str


@dataclass(frozen=True, eq=False)
class StoredIndex:
    """An index as it is stored.

    Attributes:
        made_of: What of.
        arrays: Its arrays, by name.
        profiles: Its profiles.
    """

    made_of: MadeOf
    arrays: Mapping[str, npt.NDArray[Any]]
    profiles: tuple[Profile, ...]


def history_at(connection: Connection, seq: int) -> str:
    """What tells the subscribers after a change from those of any other store at that number."""
    return _history(connection.execute(_AT, {"seq": seq}).one_or_none())


def latest_history(connection: Connection) -> tuple[int, str]:
    """The number of the latest visible change, and the history up to it, in one look."""
    row = connection.execute(_LATEST).one()
    return int(row.latest_seq), _history(None if row.id is None else row)


def _history(row: Sequence[Any] | None) -> str:
    told = None if row is None else tuple(map(str, row[: len(_TOLD_BY)]))
    return hashlib.sha256(repr(told).encode()).hexdigest()


def write_index(folder: Path, stored: StoredIndex) -> None:
    """Write an index beside those that are there, and remove older ones.

    Args:
        folder: Made where it is missing.
        stored: The index.

    Raises:
        OSError: It cannot be written; nothing is left of it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = folder / f"{UNFINISHED}{os.getpid()}-{secrets.token_hex(4)}"
    unfinished.mkdir(mode=0o700)
    try:
        told = {
            name: {
                "dtype": values.dtype.str,
                "shape": list(values.shape),
                "sha256": _write(unfinished / name, values),
            }
            for name, values in stored.arrays.items()
        }
        manifest = {
            "layout": LAYOUT,
            "seq": stored.made_of.seq,
            "history": stored.made_of.history,
            "directory": stored.made_of.directory,
            "profiles": [list(profile) for profile in stored.profiles],
            "arrays": told,
        }
        text = json.dumps(manifest, sort_keys=True)
        sealed = f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}".encode()
        _write(unfinished / MANIFEST, np.frombuffer(sealed, dtype=np.uint8))
        unfinished.rename(folder / f"{WHOLE}{stored.made_of.seq:020}-{secrets.token_hex(4)}")
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    _remove_old(folder)


def read_index(folder: Path, connection: Connection, directory: str) -> StoredIndex | None:
    """The latest index of a store that is whole; what is damaged is removed.

    Args:
        folder: Where indexes are kept; need not be there.
        connection: A reading one.
        directory: The edition of postcodes that it must be of.

    Returns:
        The index, or None where none can be used.
    """
    for path in _whole(folder):
        try:
            manifest = _manifest(path)
            made_of = MadeOf(manifest["seq"], manifest["history"], manifest["directory"])
            if made_of.directory != directory:
                continue
            if made_of.history != history_at(connection, made_of.seq):
                continue
            return StoredIndex(
                made_of,
                _arrays(path, manifest["arrays"]),
                tuple(_profile(*one) for one in manifest["profiles"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            # Damaged, or of an earlier layout: it is made again.
            shutil.rmtree(path, ignore_errors=True)
    return None


def remove_indexes(folder: Path, *, before: int) -> None:
    """Remove what was written of the store before a change, such as an erasure."""
    for path in _whole(folder):
        if int(path.name.removeprefix(WHOLE).partition("-")[0]) < before:
            shutil.rmtree(path, ignore_errors=True)


def remove_every_index(folder: Path) -> None:
    """Remove all that is written of a store, and what is being written.

    A number does not tell what holds a reference: of a store that was restored from a copy there
    may be indexes of later numbers. Whoever reads or writes one meanwhile makes it again.

    Raises:
        StoreError: Something could not be removed.
    """
    for path in (*_whole(folder), *folder.glob(f"{UNFINISHED}*")):
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():
            raise StoreError(f"{path} has references and could not be removed: remove it by hand")


def _whole(folder: Path) -> list[Path]:
    # The latest first.
    return sorted(folder.glob(f"{WHOLE}*"), reverse=True)


def _remove_old(folder: Path) -> None:
    for path in _whole(folder)[1:]:
        shutil.rmtree(path, ignore_errors=True)
    now = max((path.stat().st_mtime for path in _whole(folder)), default=0.0)
    for path in folder.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < now - ABANDONED_AFTER_S:
                shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, values: npt.NDArray[Any]) -> str:
    hashed = hashlib.sha256()
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        content = np.ascontiguousarray(values).view(np.uint8).reshape(-1).data
        for start in range(0, len(content), HASHED_AT_ONCE):
            part = content[start : start + HASHED_AT_ONCE]
            hashed.update(part)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    return hashed.hexdigest()


def _manifest(path: Path) -> dict[str, Any]:
    sha256, _, text = (path / MANIFEST).read_text(encoding="utf-8").partition("\n")
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise ValueError("the manifest is damaged")
    manifest: dict[str, Any] = json.loads(text)
    if manifest["layout"] != LAYOUT:
        raise ValueError("another layout")
    return manifest


def _arrays(path: Path, told: Mapping[str, Mapping[str, Any]]) -> dict[str, npt.NDArray[Any]]:
    # The large ones side by side: hashing takes all the time there is.
    names = sorted(told, key=lambda name: -(path / name).stat().st_size)
    with ThreadPoolExecutor(2) as pool:
        arrays = pool.map(lambda name: _array(path / name, told[name]), names)
        return dict(zip(names, arrays, strict=True))


def _array(path: Path, told: Mapping[str, Any]) -> npt.NDArray[Any]:
    dtype, shape = np.dtype(told["dtype"]), tuple(told["shape"])
    size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if path.stat().st_size != size:
        raise ValueError("a file has another length")
    if path.name in NEVER_MAPPED or not size:
        values: npt.NDArray[Any] = np.fromfile(path, dtype=dtype).reshape(shape)
        sha256 = hashlib.sha256(values.view(np.uint8).reshape(-1).data).hexdigest()
    else:
        values = np.memmap(path, dtype=dtype, mode="r", shape=shape).view(np.ndarray)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != told["sha256"]:
        raise ValueError("a file is damaged")
    return values


def _profile(channels: int, *names: list[str]) -> Profile:
    groups, topics, opted_out = (tuple(some) for some in names)
    return Profile(channels, groups, topics, opted_out)
