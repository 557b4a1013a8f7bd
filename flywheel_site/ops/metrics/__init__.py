"""Figures for Prometheus: how requests were answered, what waits, and whether the parts are alive.

`traffic` counts requests in the process that answers them, `figures` reads the rest from the database and from files when
it is asked, `views` is the door. Alert rules and a dashboard for these names are in `deploy/`; a test compares them.
"""
