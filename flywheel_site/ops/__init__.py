"""Processes, broker, health, metrics, backups: what an operator works with.

`environment` reads the environment for `settings`, `processes` starts what `up` runs, `health` answers load balancers,
`heartbeats` records signs of life, `waiting` says what has waited for how long. `backups`, `doctor` and `metrics` are
packages.
"""
