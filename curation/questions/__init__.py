"""Which questions are the same, and which records repeat each other.

`fingerprints` is pure, `clusters` keeps near questions together, `duplicates` compares what is new with what there is.
"""
