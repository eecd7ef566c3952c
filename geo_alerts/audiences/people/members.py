"""The subscribers of an index, as compact arrays: of tens of millions a few gigabytes at most."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.rows import Rows, expand
from geo_alerts.errors import Fault, FrameError
from geo_alerts.places.postcode_keys import Keys, keys_of, texts_of

Names = tuple[str, ...]

# Days of joining are counted from here, so that 16 bits reach into 2079; 0 is no day.
DAY_0: Final = date(1899, 12, 31).toordinal()
LAST_DAY: Final = np.iinfo(np.uint16).max


class Profile(NamedTuple):
    """What many people have in common, so that it is kept, and judged by filters, once.

    Attributes:
        channels: Sum of channel bits: 1 email, 2 text, 4 voice.
        groups: Names of groups.
        topics: Names of topics.
        opted_out: What the person withdrew from: `channel:text`, `topic:burglary`.
    """

    channels: int
    groups: Names = ()
    topics: Names = ()
    opted_out: Names = ()


@dataclass(frozen=True, eq=False)
class Members:
    """Subscribers who may be reached, in any order.

    Attributes:
        number: n stable random numbers, each once.
        reference_bytes: n references of the alert system, ASCII, each once.
        joined: n days of joining; see `day_number`.
        profile: n indexes into `profiles`.
        profiles: What they have in common with others.
        postcode_offset: n + 1 offsets into `postcode_key`: where each one's postcodes begin and
            end.
        postcode_key: k keys of normalised postcodes; that of empty text for a malformed one.
    """

    number: npt.NDArray[np.int64]
    reference_bytes: npt.NDArray[np.bytes_]
    joined: npt.NDArray[np.uint16]
    profile: npt.NDArray[np.uint32]
    profiles: tuple[Profile, ...]
    postcode_offset: npt.NDArray[np.int64]
    postcode_key: Keys

    def __post_init__(self) -> None:
        """Check what everything after relies on.

        Raises:
            FrameError: Lengths differ.
        """
        count = len(self.number)
        lengths = {
            "reference": len(self.reference_bytes),
            "joined": len(self.joined),
            "profile": len(self.profile),
            "postcode_offset": len(self.postcode_offset) - 1,
        }
        faults = [
            Fault(None, column, f"is for {length} members, not {count}")
            for column, length in lengths.items()
            if length != count
        ]
        if int(self.postcode_offset[-1]) != len(self.postcode_key):
            faults.append(Fault(None, "postcode", "does not end with the last member's"))
        if faults:
            raise FrameError("members", faults)

    @classmethod
    def none(cls) -> "Members":
        """No members at all."""
        return Gathering().members()

    def __len__(self) -> int:
        """Count the members."""
        return len(self.number)

    @property
    def reference(self) -> npt.NDArray[np.str_]:
        """The references as text."""
        return self.reference_bytes.astype(np.str_)

    @property
    def postcode(self) -> npt.NDArray[np.str_]:
        """The postcodes as text; empty for a malformed one."""
        return texts_of(self.postcode_key)

    @cached_property
    def channels(self) -> npt.NDArray[np.uint8]:
        """Sums of channel bits: 1 email, 2 text, 4 voice."""
        bits = np.array([one.channels for one in self.profiles], dtype=np.uint8)
        return bits[self.profile]

    @property
    def groups(self) -> tuple[Names, ...]:
        """Names of groups, of each member."""
        return tuple(self.profiles[at].groups for at in self.profile.tolist())

    @property
    def topics(self) -> tuple[Names, ...]:
        """Names of topics, of each member."""
        return tuple(self.profiles[at].topics for at in self.profile.tolist())

    def take(self, rows: Rows) -> "Members":
        """The members at some rows."""
        start, length = self.postcode_offset[rows], np.diff(self.postcode_offset)[rows]
        return replace(
            self,
            number=self.number[rows],
            reference_bytes=self.reference_bytes[rows],
            joined=self.joined[rows],
            profile=self.profile[rows],
            postcode_offset=np.append(0, np.cumsum(length)),
            postcode_key=self.postcode_key[expand(start, length)],
        )

    def with_others(self, others: "Members") -> "Members":
        """These members, and others after them."""
        numbers: dict[Profile, int] = {}
        renumbered = [
            np.array(
                [numbers.setdefault(one, len(numbers)) for one in part.profiles], dtype=np.uint32
            )[part.profile]
            for part in (self, others)
        ]
        return Members(
            np.append(self.number, others.number),
            np.concatenate([self.reference_bytes, others.reference_bytes]),
            np.append(self.joined, others.joined),
            np.concatenate(renumbered),
            tuple(numbers),
            np.append(self.postcode_offset, others.postcode_offset[1:] + len(self.postcode_key)),
            np.append(self.postcode_key, others.postcode_key),
        )


def day_number(day: str | date) -> int:
    """A day as an index keeps it: 1 is 1 January 1900, 0 no day.

    Earlier days are told as the first, later ones than 2079 as the last.

    Args:
        day: A date, or ISO 8601 text; empty for none.
    """
    if day == "":
        return 0
    known = date.fromisoformat(day) if isinstance(day, str) else day
    return min(max(known.toordinal() - DAY_0, 1), LAST_DAY)


@dataclass(frozen=True, slots=True)
class MemberBatch:
    """Some members by column, as lists of one length.

    Attributes:
        number: Random numbers.
        reference: References, ASCII.
        joined: Days as `day_number` gives them.
        profile: Indexes that `Gathering.profile` gave.
        postcodes: How many postcodes each one has.
        postcode: The postcodes, one member's after the other's.
    """

    number: Sequence[int]
    reference: Sequence[str]
    joined: Sequence[int]
    profile: Sequence[int]
    postcodes: Sequence[int]
    postcode: Sequence[str]


@dataclass
class Gathering:
    """Members that come in batches, kept as arrays that grow: millions need no list of objects."""

    _profiles: dict[Profile, int] = field(default_factory=dict)
    _number: "_Growing" = field(default_factory=lambda: _Growing(np.dtype(np.int64)))
    _reference: "_Growing" = field(default_factory=lambda: _Growing(np.dtype("S1")))
    _joined: "_Growing" = field(default_factory=lambda: _Growing(np.dtype(np.uint16)))
    _profile: "_Growing" = field(default_factory=lambda: _Growing(np.dtype(np.uint32)))
    _postcodes: "_Growing" = field(default_factory=lambda: _Growing(np.dtype(np.uint32)))
    _postcode: "_Growing" = field(default_factory=lambda: _Growing(np.dtype(np.uint64)))

    def profile(self, profile: Profile) -> int:
        """The index of a profile among those of these members."""
        return self._profiles.setdefault(profile, len(self._profiles))

    def add(self, batch: MemberBatch) -> None:
        """Add some members."""
        self._number.add(np.array(batch.number, dtype=np.int64))
        self._reference.add(np.array(batch.reference, dtype=np.bytes_))
        self._joined.add(np.array(batch.joined, dtype=np.uint16))
        self._profile.add(np.array(batch.profile, dtype=np.uint32))
        self._postcodes.add(np.array(batch.postcodes, dtype=np.uint32))
        self._postcode.add(keys_of(np.array(batch.postcode, dtype="<U8")))

    def members(self) -> Members:
        """Those that were added, in their order; nothing can be added any more."""
        counts = self._postcodes.taken()
        offset = np.zeros(len(counts) + 1, dtype=np.int64)
        np.cumsum(counts, out=offset[1:])
        return Members(
            self._number.taken(),
            self._reference.taken(),
            self._joined.taken(),
            self._profile.taken(),
            tuple(self._profiles),
            offset,
            self._postcode.taken(),
        )


class _Growing:
    """An array that grows at its end, by half each time, and widens where longer values come."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._values = np.zeros(0, dtype=dtype)
        self._count = 0

    def add(self, more: npt.NDArray[Any]) -> None:
        after = self._count + len(more)
        dtype = np.promote_types(self._values.dtype, more.dtype) if len(more) else None
        if after > len(self._values) or (dtype and dtype != self._values.dtype):
            size = max(after, len(self._values) * 3 // 2)
            grown = np.zeros(size, dtype=dtype or self._values.dtype)
            grown[: self._count] = self._values[: self._count]
            self._values = grown
        self._values[self._count : after] = more
        self._count = after

    def taken(self) -> npt.NDArray[Any]:
        values, self._values = self._values[: self._count], np.zeros(0)
        return values
