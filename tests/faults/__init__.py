"""Kills under load. `python -m tests.faults --kills 200` is the long run; test_faults.py is the short one of CI."""
