"""Sums over each cell and its neighbours, and the checked figures that they are taken of.

On a grid of squares that is the 3 by 3 around each cell (queen contiguity, itself included).

Cells at the edge and beside cells that are not in the study area have fewer neighbours: only cells
that exist are summed and counted.
"""

import math
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Squares of larger numbers pass the largest there is once some million are summed.
MOST: Final = 1e150


def sum_3x3(values: Floats) -> Floats:
    """The sum over each cell and its up to eight neighbours.

    Args:
        values: rows by columns; 0 where a cell does not exist.

    Returns:
        rows by columns.
    """
    along = values.copy()
    along[:, 1:] += values[:, :-1]
    along[:, :-1] += values[:, 1:]
    both = along.copy()
    both[1:] += along[:-1]
    both[:-1] += along[1:]
    return both


def count_3x3(mask: Flags | None, shape: tuple[int, int]) -> Floats:
    """How many cells exist in the 3 by 3 around each cell, itself included.

    Args:
        mask: rows by columns: the cells that exist; None for all.
        shape: rows, columns.
    """
    if mask is not None:
        return sum_3x3(mask.astype(np.float64))
    down, across = (_line(length) for length in shape)
    return down[:, None] * across[None, :]


def _line(length: int) -> Floats:
    count = np.full(length, 3.0)
    count[[0, -1]] = 2.0 if length > 1 else 1.0
    return count


class Neighbours(Protocol):
    """Who lies beside whom: each cell together with those that touch it."""

    def sums(self, values: Floats) -> Floats:
        """The sum over each cell and its neighbours; `values` are 0 where no cell is."""

    def count(self) -> Floats:
        """How many cells that is, itself included."""


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Square cells, each with the up to eight that touch it.

    Attributes:
        shape: Rows, columns.
        inside: The cells that exist; None for all.
    """

    shape: tuple[int, int]
    inside: Flags | None

    def sums(self, values: Floats) -> Floats:
        """As `Neighbours` says."""
        return sum_3x3(values)

    def count(self) -> Floats:
        """As `Neighbours` says."""
        return count_3x3(self.inside, self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Cells of any form, each with its neighbours by number.

    Attributes:
        beside: n by m: the numbers (0 to n - 1) of the up to m cells beside each, itself left out;
            -1 where there are fewer.
    """

    beside: npt.NDArray[np.int64]

    @classmethod
    def of(cls, beside: npt.ArrayLike, n: int) -> "Listed":
        """Neighbours of n cells, known to be such.

        Raises:
            InvalidInputError: They are not a row of numbers of cells for each of n cells, or a cell
                is its own neighbour.
        """
        found = np.asarray(beside)
        if found.ndim != 2 or len(found) != n or found.dtype.kind not in "iu":  # noqa: PLR2004
            raise InvalidInputError(
                f"a row of numbers of neighbours is wanted for each of {n:,} cells, "
                f"not {found.dtype} of shape {found.shape}"
            )
        numbers = found.astype(np.int64)
        if ((numbers < -1) | (numbers >= n)).any():
            raise InvalidInputError(f"neighbours are numbers from 0 to {n - 1:,}, or -1 for none")
        if (numbers == np.arange(n)[:, None]).any():
            raise InvalidInputError("a cell is listed as its own neighbour; leave it out")
        return cls(numbers)

    def sums(self, values: Floats) -> Floats:
        """As `Neighbours` says."""
        # The last place is read by -1, for no neighbour.
        around = np.append(values, 0.0)
        total = values.copy()
        for column in self.beside.T:
            total += around[column]
        return total

    def count(self) -> Floats:
        """As `Neighbours` says."""
        others = np.asarray(np.count_nonzero(self.beside >= 0, axis=1), dtype=np.float64)
        return others + 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Figures of cells, known to be usable, with their neighbours.

    Attributes:
        values: One a cell; 0 where no cell exists.
        inside: The cells that exist; None for all.
        neighbours: Who lies beside whom.
        n: How many cells exist.
        all_equal: Whether no cell differs from any other: then nothing can stand out.
    """

    values: Floats
    inside: Flags | None
    neighbours: Neighbours
    n: int
    all_equal: bool

    @classmethod
    def of(
        cls,
        counts: npt.ArrayLike,
        mask: npt.ArrayLike | None = None,
        neighbours: npt.ArrayLike | None = None,
    ) -> "Field":
        """Figures of the cells of a grid, or of n cells with their neighbours.

        Args:
            counts: rows by columns; with `neighbours` n.
            mask: The same shape: the cells of the study area; None for all.
            neighbours: n by m, as `Listed.beside`; then there is no mask.

        Raises:
            InvalidInputError: The shapes do not fit, a value is not finite, or there are fewer than
                two cells.
        """
        values = as_numbers(counts, "counts")
        if neighbours is not None:
            if mask is not None or values.ndim != 1:
                raise InvalidInputError(
                    "with listed neighbours the counts are one row, and no mask is given"
                )
            return cls._made(values, None, Listed.of(neighbours, len(values)))
        if values.ndim != 2:  # noqa: PLR2004
            raise InvalidInputError(
                f"counts are wanted in rows and columns, not of shape {values.shape}"
            )
        inside = checked_mask(mask, values.shape)
        return cls._made(values, inside, Lattice((values.shape[0], values.shape[1]), inside))

    @classmethod
    def _made(cls, values: Floats, inside: Flags | None, neighbours: Neighbours) -> "Field":
        chosen = values.ravel() if inside is None else values[inside]
        if len(chosen) < 2:  # noqa: PLR2004
            raise InvalidInputError(
                f"the study area has {len(chosen)} cells; at least two are wanted to compare"
            )
        # Both are NaN when any value is.
        least, most = float(chosen.min()), float(chosen.max())
        if not math.isfinite(least) or not math.isfinite(most):
            raise InvalidInputError("counts are finite within the study area; one is not")
        if max(-least, most) > MOST:
            raise InvalidInputError(
                f"{max(least, most, key=abs):g} is no count: their squares cannot be summed; "
                f"give values within {MOST:g}"
            )
        kept = values if inside is None else np.where(inside, values, 0.0)
        return cls(kept, inside, neighbours, len(chosen), least == most)

    def shifted(self) -> tuple[Floats, float]:
        """Each cell less a whole number near the mean, 0 where no cell exists; and the mean of it.

        So sums of counts stay exact, equal ones equal, and keep their digits where counts are
        large and alike.
        """
        moved = self.values - np.rint(self.values.sum() / self.n)
        if self.inside is not None:
            moved[~self.inside] = 0.0
        return moved, float(moved.sum()) / self.n

    def variance(self, values: Floats, mean: float) -> float:
        """The mean square of what values of the cells that exist are off a mean."""
        off = (values.ravel() if self.inside is None else values[self.inside]) - mean
        return float(np.dot(off, off)) / self.n

    def only_inside(self, result: Floats) -> Floats:
        """The result, NaN where no cell exists or where nothing could stand out."""
        if self.all_equal:
            result[...] = np.nan
        elif self.inside is not None:
            result[~self.inside] = np.nan
        return result


def as_numbers(values: npt.ArrayLike, what: str) -> Floats:
    """Values as floating-point numbers.

    Raises:
        InvalidInputError: They are none.
    """
    try:
        given = np.asarray(values)
        # Dates and texts would be taken for numbers.
        if given.size and given.dtype.kind not in "biufO":
            raise InvalidInputError(f"{what} are wanted as numbers, not {given.dtype}")
        return given.astype(np.float64, copy=False)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(f"{what} are wanted as numbers") from error


def as_number(value: npt.ArrayLike, what: str) -> float:
    """One value as a floating-point number; NaN for None.

    Raises:
        InvalidInputError: It is none, or several.
    """
    number = as_numbers(value, what)
    if number.ndim:
        raise InvalidInputError(f"{what}: one number is wanted, not an array of {number.shape}")
    return float(number)


def checked_mask(mask: npt.ArrayLike | None, shape: tuple[int, ...]) -> Flags | None:
    """A mask of that shape; None stays None.

    Raises:
        InvalidInputError: It has another shape, or is not of True and False, or of 1 and 0.
    """
    if mask is None:
        return None
    found = np.asarray(mask)
    if found.dtype.kind in "iu" and np.isin(found, (0, 1)).all():
        found = found.astype(np.bool_)
    if found.dtype != np.bool_:
        raise InvalidInputError(
            f"a mask says True or False (1 or 0) of each cell; it is of {found.dtype}: "
            "compare first, as in values > 0"
        )
    if found.shape != shape:
        raise InvalidInputError(f"the mask has the shape {found.shape}, the cells {shape}")
    return found
