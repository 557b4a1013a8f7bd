"""From signals to decisions, review, releases and the gate, with the admin as its user interface.

`runs` pulls what is new from `feedback` and passes it through `evidence`, `decisions`, `filters`, `questions` and
`review`; `selection` and `releases` publish; `gate` judges a candidate. CONTRIBUTING.md says where a new thing goes.
"""
