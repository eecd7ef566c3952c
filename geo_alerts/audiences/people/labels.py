"""Groups or topics of many profiles: each distinct set once, as packed bits."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.selection import LabelFilter

WORD_BITS: Final = 64

Bits = npt.NDArray[np.uint64]


class LabelSets:
    """The labels of n profiles; there is no limit to how many labels there are.

    Most share their set of labels with others, so each distinct set is kept once and a profile has
    its number.
    """

    def __init__(self, labels: Sequence[tuple[str, ...]]) -> None:
        """Pack the labels.

        Args:
            labels: n tuples, the labels of each profile in any order.
        """
        numbers: dict[tuple[str, ...], int] = {}
        self._set_of = np.fromiter(
            (numbers.setdefault(each, len(numbers)) for each in labels), np.uint32, len(labels)
        )
        names = sorted({name for each in numbers for name in each})
        self._bit_of = {name: bit for bit, name in enumerate(names)}
        self._words = -(-len(names) // WORD_BITS)
        self._bits = np.zeros((len(numbers), self._words), dtype=np.uint64)
        for each, number in numbers.items():
            self._bits[number] = self._mask(each)

    def passes(self, conditions: LabelFilter) -> npt.NDArray[np.bool_]:
        """Tell which profiles keep the conditions.

        Args:
            conditions: What is asked.

        Returns:
            n flags.
        """
        if conditions.asks_nothing():
            return np.ones(len(self._set_of), dtype=np.bool_)
        return self._judge(conditions)[self._set_of]

    def _judge(self, conditions: LabelFilter) -> npt.NDArray[np.bool_]:
        bits = self._bits
        fine = np.ones(len(bits), dtype=np.bool_)
        if conditions.any_of:
            fine &= (bits & self._mask(conditions.any_of)).any(axis=1)
        if conditions.all_of:
            wanted = self._mask(conditions.all_of)
            known = all(name in self._bit_of for name in conditions.all_of)
            fine &= known & ((bits & wanted) == wanted).all(axis=1)
        if conditions.none_of:
            fine &= ~(bits & self._mask(conditions.none_of)).any(axis=1)
        return fine

    def _mask(self, names: Iterable[str]) -> Bits:
        # Names that nobody has get no bit.
        mask = np.zeros(self._words, dtype=np.uint64)
        for name in names:
            if name in self._bit_of:
                word, bit = divmod(self._bit_of[name], WORD_BITS)
                mask[word] |= np.uint64(1 << bit)
        return mask
