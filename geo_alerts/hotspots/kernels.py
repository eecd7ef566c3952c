"""Two kernels that spread an event over the ground round it, and their meaning of a bandwidth.

- `quartic`: 3 / (pi h^2) (1 - d^2 / h^2)^2 within the bandwidth h, 0 beyond it: h is the radius.
- `gaussian`: exp(-d^2 / 2 h^2) / (2 pi h^2) everywhere: h is the standard deviation on each axis.

Both are per square metre and hold a mass of 1. A quartic of h sqrt(8) has the spread of a Gaussian
of h. Other software means other things by the same number: KDEpy the standard deviation of the
quartic on one axis (h / sqrt(7)), spatstat that of the quartic in the plane (h / sqrt(8)).

Source:
    Silverman (1986), "Density estimation for statistics and data analysis", section 4.2.1.
"""

import math
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Kernel = Literal["quartic", "gaussian"]
# Beyond these the square of a bandwidth, or its inverse, leaves what numbers can hold.
_LEAST: Final = 1e-9
_MOST: Final = 1e9
KERNELS: Final[tuple[Kernel, ...]] = get_args(Kernel)


def check_kernel(kernel: str) -> Kernel:
    """The kernel of a name.

    Raises:
        InvalidInputError: There is none of that name.
    """
    for known in KERNELS:
        if known == kernel:
            return known
    raise InvalidInputError(f"{kernel!r} is no kernel; there are {', '.join(KERNELS)}")


def check_bandwidth(bandwidth_m: float) -> float:
    """A bandwidth that can be used, metres.

    Raises:
        InvalidInputError: It is not a number above 0, or no length on the ground.
    """
    bandwidth = np.asarray(bandwidth_m)
    if bandwidth.ndim or bandwidth.dtype.kind not in "iuf":
        raise InvalidInputError("bandwidth_m must be one number of metres, for example 300")
    if not _LEAST <= bandwidth <= _MOST:
        raise InvalidInputError(
            f"bandwidth_m is {bandwidth_m}; it must be a number of metres above 0 (from {_LEAST:g} "
            f"to {_MOST:g}), for example 300"
        )
    return float(bandwidth)


def peak(kernel: Kernel, bandwidth_m: npt.ArrayLike) -> Floats:
    """The kernel's value where the event is, per square metre."""
    square = math.pi * np.square(np.asarray(bandwidth_m, dtype=np.float64))
    return np.asarray(3 / square if kernel == "quartic" else 0.5 / square, dtype=np.float64)


def relative(kernel: Kernel, squares: Floats) -> Floats:
    """The kernel's share of its peak.

    Args:
        kernel: Which.
        squares: Any shape: squared distance by squared bandwidth. It is used up: the answer is
            written over it.
    """
    if kernel == "gaussian":
        squares *= -0.5
        return np.exp(squares, out=squares)
    np.subtract(1.0, squares, out=squares)
    np.maximum(squares, 0.0, out=squares)
    return np.multiply(squares, squares, out=squares)
