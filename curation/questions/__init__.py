"""Which questions are the same, and which records repeat each other.

`sameness` makes the key of a question and `fingerprints` finds near ones (both pure), `clusters` groups near questions,
`duplicates` compares new records with existing ones.
"""
