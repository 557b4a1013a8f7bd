"""What of a project goes into a release.

`guards` cap anybody's influence and hold what is new, `balance` spreads, `holdout` keeps train and test apart; all three
are pure. `selection` applies them and writes membership. A finding holds a record for a person or leaves it out.
"""
