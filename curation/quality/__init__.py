"""How good the answers are: the random audit, and the thumbs next to it.

`audits` draws the sample, `estimates` computes (pure, with intervals), `report` prints. No share is ever shown without
its interval and n.
"""
