"""The recipients of a selection: the candidates, less whom the sample and the control leave out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.counts import Counts, LeftOut
from geo_alerts.audiences.index import AudienceIndex, Candidates
from geo_alerts.audiences.rows import Rows
from geo_alerts.audiences.sampling import in_control, in_sample
from geo_alerts.audiences.selection import Selection


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rows of an index: the recipients, and who is held out."""

    index: AudienceIndex
    recipients: Rows
    control: Rows


@dataclass(frozen=True, eq=False)
class Chosen:
    """The recipients of a selection, once each; their order tells nothing of where they live.

    Attributes:
        counts: How many they are.
        channel_bits: The channels asked.
        parts: Who they are, by index; nobody is in two of them.
    """

    counts: Counts
    channel_bits: int
    parts: tuple[Drawn, ...]

    @cached_property
    def numbers(self) -> Rows:
        """The random numbers of the recipients, ascending."""
        return self._numbers[self._order]

    @cached_property
    def channels(self) -> npt.NDArray[np.uint8]:
        """The channels asked that each recipient consented to, as bits, in the order of numbers."""
        bits = [part.index.channels[part.recipients] for part in self.parts]
        return np.concatenate(bits)[self._order] & np.uint8(self.channel_bits)

    @cached_property
    def control(self) -> Rows:
        """The numbers of the control group, ascending; they are no recipients."""
        return np.sort(np.concatenate([part.index.number[part.control] for part in self.parts]))

    def references(self) -> npt.NDArray[np.str_]:
        """The references of the recipients, ascending by code point."""
        return np.sort(
            np.concatenate([part.index.reference[part.recipients] for part in self.parts])
        )

    @cached_property
    def _numbers(self) -> Rows:
        return np.concatenate([part.index.number[part.recipients] for part in self.parts])

    @cached_property
    def _order(self) -> Rows:
        return np.argsort(self._numbers)


def draw(selection: Selection, candidates: Sequence[Candidates]) -> Chosen:
    """The recipients among the candidates of a selection.

    Args:
        selection: Says whether a sample is drawn, and whether a control group is held out.
        candidates: Who passes its other conditions, by index; nobody is in two of them.
    """
    numbers = np.concatenate([part.index.number[part.people] for part in candidates])
    is_drawn = np.ones(len(numbers), dtype=np.bool_)
    is_control = np.zeros(len(numbers), dtype=np.bool_)
    if selection.sample is not None:
        is_drawn = in_sample(numbers, selection.sample.size, selection.sample.seed)
    if selection.control is not None:
        control = in_control(numbers, selection.control.share, selection.control.seed)
        is_control = is_drawn & control
    parts, counts, start = [], [], 0
    for part in candidates:
        these = slice(start, start + len(part.people))
        start = these.stop
        recipients = part.people[is_drawn[these] & ~is_control[these]]
        parts.append(Drawn(part.index, recipients, part.people[is_control[these]]))
        left_out = {
            **part.left_out,
            LeftOut.NOT_IN_SAMPLE: int(np.count_nonzero(~is_drawn[these])),
            LeftOut.CONTROL: int(np.count_nonzero(is_control[these])),
        }
        counted = part.index.counted(part, recipients, selection)
        told = {why.value: people for why, people in left_out.items() if people}
        counts.append(replace(counted, left_out=told))
    return Chosen(reduce(add, counts), selection.channel_bits(), tuple(parts))
