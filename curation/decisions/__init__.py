"""What the signals on an interaction amount to, and what a decision becomes.

`rules` is a pure table, each line with a reason; `derive` writes what follows; `explain` says why to a person. A new rule
is a line of `rules` with its `Reason` and the words for it.
"""
