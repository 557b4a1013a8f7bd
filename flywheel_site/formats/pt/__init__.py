"""Dates in Portuguese."""
