"""Geospatial targeting and analytics for neighbourhood alerts."""

__version__ = "0.1.0"
