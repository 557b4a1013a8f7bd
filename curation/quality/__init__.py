"""How good the answers are: the random audit, and the thumbs next to it.

`audits` draws the sample, `estimates` computes (pure, with intervals), `report` prints. A share without its interval and
its n is never shown.
"""
