"""Curation runs: what is pending is decided, batch after batch.

`curate` is the one function that beat, the command, the button and tests call; `pace` lets others work meanwhile.
"""
