"""Processes, broker, health and metrics."""
