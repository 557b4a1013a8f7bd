"""Simulated people on worlds with a known truth, for `bench/value.py`.

`facts` has the questions and their true answers, `people` who asks and votes, `rules` what is taught without Flywheel,
`alone` reads a log by the rule without a database, `learner` scores what is taught, `product` works Flywheel through its commands, `reviewer` works its review queue,
`outside` runs worlds that another program makes and scores, and `funnel` tells where the records of a real log go. A new world is an entry of `people.WORLDS`.
"""
