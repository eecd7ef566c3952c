"""The recipients of a selection: the candidates, less whom the sample and the control leave out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.counts import Counts, Edge, LeftOut
from geo_alerts.audiences.people.candidates import Candidates
from geo_alerts.audiences.people.sampling import in_control, in_sample
from geo_alerts.audiences.people.verdicts import LEFT_OUT
from geo_alerts.audiences.rows import Rows, order_of
from geo_alerts.audiences.selection import Selection


@dataclass(frozen=True, eq=False)
class Chosen:
    """The recipients of a selection, once each; their order tells nothing of where they live.

    Attributes:
        selection: What was asked.
        parts: Who they are, by index; nobody is in two of them.
        control: The numbers of the control group, ascending; they are no recipients.
        edge: How sure their number is; None where it was not asked, no cells are known, or a
            sample or a control group is drawn.
    """

    selection: Selection
    parts: tuple[Candidates, ...]
    control: Rows
    edge: Edge | None = None

    @cached_property
    def counts(self) -> Counts:
        """How many they are; counted when it is asked, for a list needs none of it."""
        counts = reduce(add, [part.counts(self.selection) for part in self.parts])
        return replace(counts, edge=self.edge)

    @cached_property
    def numbers(self) -> Rows:
        """The random numbers of the recipients, ascending."""
        return self._numbers[self._order]

    @cached_property
    def channels(self) -> npt.NDArray[np.uint8]:
        """The channels asked that each recipient consented to, as bits, in the order of numbers."""
        return np.concatenate([part.channels for part in self.parts])[self._order]

    def references(self) -> npt.NDArray[np.str_]:
        """The references of the recipients, ascending by code point."""
        found = [part.of(part.people.reference) for part in self.parts]
        return np.sort(np.concatenate(found)).astype(np.str_)

    def references_by_number(self) -> npt.NDArray[np.bytes_]:
        """The references of the recipients, ASCII, in the order of the numbers.

        The fastest way to a list: text is sorted ten times as slowly as numbers are.
        """
        # Moved once, from everybody in the area to the recipients in their order.
        found = np.concatenate([part.of_all(part.people.reference) for part in self.parts])
        are = np.flatnonzero(np.concatenate([part.is_candidate for part in self.parts]))
        return np.take(found, are[self._order])

    @cached_property
    def _numbers(self) -> Rows:
        return np.concatenate([part.of(part.people.number) for part in self.parts])

    @cached_property
    def _order(self) -> Rows:
        return order_of(self._numbers)


def draw(selection: Selection, candidates: Sequence[Candidates]) -> Chosen:
    """The recipients among the candidates of a selection.

    Args:
        selection: Says whether a sample is drawn, and whether a control group is held out.
        candidates: Who passes its other conditions, by index; nobody is in two of them.
    """
    parts, control = tuple(candidates), np.zeros(0, dtype=np.int64)
    if selection.draws():
        parts, control = _drawn(selection, parts)
    return Chosen(selection, parts, control)


def _drawn(
    selection: Selection, parts: tuple[Candidates, ...]
) -> tuple[tuple[Candidates, ...], Rows]:
    numbers = np.concatenate([part.of(part.people.number) for part in parts])
    left_out = np.zeros(len(numbers), dtype=np.uint8)
    if selection.control is not None:
        is_control = in_control(numbers, selection.control.share, selection.control.seed)
        left_out[is_control] = LEFT_OUT[LeftOut.CONTROL]
    if selection.sample is not None:
        is_drawn = in_sample(numbers, selection.sample.size, selection.sample.seed)
        left_out[~is_drawn] = LEFT_OUT[LeftOut.NOT_IN_SAMPLE]
    end = np.cumsum([len(part) for part in parts])
    narrowed = [
        part.narrowed(codes)
        for part, codes in zip(parts, np.split(left_out, end[:-1]), strict=True)
    ]
    return tuple(narrowed), np.sort(numbers[left_out == LEFT_OUT[LeftOut.CONTROL]])
