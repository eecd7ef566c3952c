"""The subscribers of an index, as arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.rows import Rows, expand
from geo_alerts.errors import Fault, FrameError


@dataclass(frozen=True, eq=False)
class Members:
    """Subscribers who may be reached, in the order of their references.

    Attributes:
        number: n stable random numbers, each once.
        reference: n references of the alert system, ascending by code point, each once.
        channels: n sums of channel bits: 1 email, 2 text, 4 voice.
        groups: n tuples of group names.
        topics: n tuples of topic names.
        postcode_offset: n + 1 offsets into `postcode`: where each one's postcodes begin and end.
        postcode: k normalised postcodes; empty text for a malformed one.
    """

    number: npt.NDArray[np.int64]
    reference: npt.NDArray[np.str_]
    channels: npt.NDArray[np.uint8]
    groups: tuple[tuple[str, ...], ...]
    topics: tuple[tuple[str, ...], ...]
    postcode_offset: npt.NDArray[np.int64]
    postcode: npt.NDArray[np.str_]

    def __post_init__(self) -> None:
        """Check what everything after relies on.

        Raises:
            FrameError: Lengths differ, or references are not ascending or not unique.
        """
        count = len(self.number)
        lengths = {
            "reference": len(self.reference),
            "channels": len(self.channels),
            "groups": len(self.groups),
            "topics": len(self.topics),
            "postcode_offset": len(self.postcode_offset) - 1,
        }
        faults = [
            Fault(None, column, f"is for {length} members, not {count}")
            for column, length in lengths.items()
            if length != count
        ]
        if (self.reference[1:] <= self.reference[:-1]).any():
            faults.append(Fault(None, "reference", "is not ascending"))
        if int(self.postcode_offset[-1]) != len(self.postcode):
            faults.append(Fault(None, "postcode", "does not end with the last member's"))
        if faults:
            raise FrameError("members", faults)

    @classmethod
    def none(cls) -> "Members":
        """No members at all."""
        return cls(
            np.zeros(0, dtype=np.int64),
            np.zeros(0, dtype="<U1"),
            np.zeros(0, dtype=np.uint8),
            (),
            (),
            np.zeros(1, dtype=np.int64),
            np.zeros(0, dtype="<U8"),
        )

    def __len__(self) -> int:
        """Count the members."""
        return len(self.number)

    def take(self, rows: Rows) -> "Members":
        """The members at some rows, which are ascending."""
        start, length = self.postcode_offset[rows], np.diff(self.postcode_offset)[rows]
        return Members(
            self.number[rows],
            self.reference[rows],
            self.channels[rows],
            tuple(self.groups[row] for row in rows),
            tuple(self.topics[row] for row in rows),
            np.append(0, np.cumsum(length)),
            self.postcode[expand(start, length)],
        )

    def joined(self, other: "Members") -> "Members":
        """These members and others, in the order of their references.

        Raises:
            FrameError: Two of them have one reference.
        """
        reference = np.concatenate([self.reference, other.reference])
        order = np.argsort(reference, kind="stable")
        groups, topics = self.groups + other.groups, self.topics + other.topics
        length = np.append(np.diff(self.postcode_offset), np.diff(other.postcode_offset))
        start = np.cumsum(length) - length
        return Members(
            np.append(self.number, other.number)[order],
            reference[order],
            np.append(self.channels, other.channels)[order],
            tuple(groups[row] for row in order),
            tuple(topics[row] for row in order),
            np.append(0, np.cumsum(length[order])),
            np.append(self.postcode, other.postcode)[expand(start[order], length[order])],
        )
