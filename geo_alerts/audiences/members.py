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
        return _picked((self,), rows)

    def joined(self, other: "Members") -> "Members":
        """These members and others, who have no reference in common."""
        references = np.concatenate([self.reference, other.reference])
        return _picked((self, other), np.argsort(references, kind="stable"))


def _picked(parts: tuple[Members, ...], rows: Rows) -> Members:
    # The members at some rows of the parts put one after the other.
    length = np.concatenate([np.diff(part.postcode_offset) for part in parts])
    start = np.cumsum(length) - length
    groups = [each for part in parts for each in part.groups]
    topics = [each for part in parts for each in part.topics]
    return Members(
        np.concatenate([part.number for part in parts])[rows],
        np.concatenate([part.reference for part in parts])[rows],
        np.concatenate([part.channels for part in parts])[rows],
        tuple(groups[row] for row in rows),
        tuple(topics[row] for row in rows),
        np.concatenate([[0], np.cumsum(length[rows])]),
        np.concatenate([part.postcode for part in parts])[expand(start[rows], length[rows])],
    )
