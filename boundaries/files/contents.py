"""What one boundary file holds, whoever read it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Contents:
    """Attributes, shapes and CRS of n features.

    Attributes:
        attributes: n rows, one column a field.
        shapes: n geometries as the file has them; None where there is none, or its positions make
            none.
        crs: The CRS that the file tells; None where it tells none.
        members: What the file says of itself: `name`, `licence`, `valid_from`, `demonstration`.
        notes: What the reader went over and how.
    """

    attributes: "pd.DataFrame"
    shapes: npt.NDArray[np.object_]
    crs: CRS | None
    members: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
