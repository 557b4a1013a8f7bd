"""Selects what goes into a release. `guards` limit anybody's influence, `balance` evens out kinds of question,
`holdout` keeps training and testing apart; all three are pure. `selection` applies them and stores each record's
status. A finding holds a record for a person or leaves it out.
"""
