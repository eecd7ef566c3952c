"""Grids of real crime, with figures that other people's software worked out."""

import numpy as np
import pandas as pd

SHAPE = (187, 245)


def counts(shared_data, name):
    """Counts such as `burglary_2018-07`, rows by columns."""
    table = pd.read_parquet(shared_data / "oracles" / "counts_250m.parquet")
    return on_grid(table, name)


def figures(shared_data, name):
    """A table of one row a cell, in the order of the cells."""
    table = pd.read_parquet(shared_data / "oracles" / f"{name}.parquet")
    return table.sort_values("cell_id", ignore_index=True)


def on_grid(table, column):
    """A column of cells as rows by columns; 0 where the table has none."""
    grid = np.zeros(SHAPE, dtype=table[column].dtype)
    grid.flat[table["cell_id"].to_numpy()] = table[column]
    return grid
