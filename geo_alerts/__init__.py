"""Geospatial targeting and analytics for neighbourhood alerts."""
