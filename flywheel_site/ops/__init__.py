"""Processes, broker, health, metrics, backups: what an operator works with.

`environment` reads the environment for `settings`, `processes` starts what `up` runs, `health` answers load balancers,
`heartbeats` records who is alive, and `waiting` how long work has waited. `backups`, `doctor` and `metrics` are
packages.
"""
