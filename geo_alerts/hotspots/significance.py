"""From scores to what may be called a hot spot: p-values, and the account for testing many cells.

Source:
    Benjamini and Hochberg (1995), "Controlling the false discovery rate: a practical and powerful
    approach to multiple testing", Journal of the Royal Statistical Society B 57.
"""

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError

Floats = npt.NDArray[np.float64]


def benjamini_hochberg(p: npt.ArrayLike, mask: npt.ArrayLike | None = None) -> Floats:
    """The least false discovery rate at which each test would be told as a discovery.

    Args:
        p: p-values of any shape; NaN where nothing was tested.
        mask: The same shape: the tests that count; None for all. Every one of them counts, those
            without any crime too: leaving out dull cells after a look at them is no fair account.

    Returns:
        q of the same shape, never below p; NaN where nothing was tested.

    Raises:
        InvalidInputError: A p-value is not within 0 to 1, or the mask has another shape.
    """
    values = np.asarray(p, dtype=np.float64)
    tested = ~np.isnan(values)
    if mask is not None:
        wanted = np.asarray(mask, dtype=bool)
        if wanted.shape != values.shape:
            raise InvalidInputError(
                f"the mask is of shape {wanted.shape}, the p-values of {values.shape}"
            )
        tested &= wanted
    chosen = values[tested]
    if ((chosen < 0) | (chosen > 1)).any():
        raise InvalidInputError("p-values lie within 0 and 1")
    q = np.full(values.shape, np.nan)
    q[tested] = _stepped_up(chosen)
    return q


def _stepped_up(p: Floats) -> Floats:
    order = np.argsort(p)
    scaled = p[order] * (len(p) / np.arange(1, len(p) + 1))
    least = np.minimum.accumulate(scaled[::-1])[::-1]
    q = np.empty_like(p)
    q[order] = np.minimum(least, 1.0)
    return q
