"""Processes, broker, health and metrics: what an operator meets.

`environment` reads the environment for `settings`, `processes` starts what `up` runs, `health` says whether all is well.
"""
