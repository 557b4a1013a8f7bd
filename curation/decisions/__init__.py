"""Decides what the signals on an interaction mean, and makes records from the decision.

`rules` is a pure table for one interaction, `posterior` weighs all votes on a question, `pooled` decides by both, each with
a reason; `corrections` says whether a correction is an answer; `derive` makes eval cases, examples and pairs of decisions.
A new rule is a line of `rules` with its `Reason` and the words for it.
"""
