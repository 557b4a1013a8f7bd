"""Metrics for Prometheus: how requests were answered, what waits, and whether the parts are alive. `traffic` counts
requests in the process that answers them; `views` serves them, and reads the rest from the database and from files on
request. Alert rules and a dashboard for these names are in `deploy/`; a test compares them.
"""
