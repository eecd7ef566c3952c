"""A force of many teams whose borders wind as real ones do, and the postcodes inside."""

import numpy as np
import shapely

from geo_alerts.places.layer import Layer

WEST, SOUTH = 330_000, 240_000
SIDE_M = 10_000


def wiggly_layer(columns: int, rows: int, per_side: int, *, seed: int = 1) -> Layer:
    """Teams that tile a rectangle; each side between two is a random walk of so many vertices.

    Neighbours give their common side vertex by vertex alike.
    """
    rng = np.random.default_rng(seed)
    across = [
        [_side(rng, (x, y), (1, 0), per_side) for x in range(columns)] for y in range(rows + 1)
    ]
    upward = [
        [_side(rng, (x, y), (0, 1), per_side) for y in range(rows)] for x in range(columns + 1)
    ]
    shapes = [
        shapely.Polygon(
            np.concatenate(
                [across[y][x], upward[x + 1][y], across[y + 1][x][::-1], upward[x][y][::-1]]
            )
        )
        for y in range(rows)
        for x in range(columns)
    ]
    codes = [f"W{number:03}" for number in range(len(shapes))]
    return Layer.from_columns("winding", codes, [f"Team {code}" for code in codes], shapes)


def _side(
    rng: np.random.Generator, corner: tuple[int, int], way: tuple[int, int], count: int
) -> np.ndarray:
    # A bridge: it ends where it should, and stays within a tenth of a side, so that none cross.
    along = np.linspace(0, 1, count + 1)
    walk = np.cumsum(np.append(0, rng.normal(size=count)))
    bent = walk - along * walk[-1]
    bent *= 0.1 / max(np.abs(bent).max(), 1e-9)
    taper = np.minimum(np.minimum(along, 1 - along) * 5, 1)
    step, aside = np.array(way, float), np.array(way[::-1], float)
    points = np.array(corner) + along[:, None] * step + (bent * taper)[:, None] * aside
    return (points * SIDE_M + np.array([WEST, SOUTH])).round(2)
