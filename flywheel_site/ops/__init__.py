"""Processes, broker, health, figures, backups: what an operator meets.

`environment` reads the environment for `settings`, `processes` starts what `up` runs, `health` answers load balancers,
`heartbeats` are signs of life, `waiting` says what waits for how long. `backups`, `doctor` and `metrics` are packages.
"""
