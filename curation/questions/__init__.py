"""Which questions are the same, and which records repeat each other.

`fingerprints` is pure, `clusters` groups near questions, `duplicates` compares new records with existing ones.
"""
