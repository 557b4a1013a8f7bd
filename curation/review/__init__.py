"""Review tasks: what a person decides, and how reviewers are checked.

`opening` opens tasks (for a bare down-vote, say) and closes them, `deciding` applies a verdict, from which
`curation.decisions.derive` makes eval cases, `double_review` and `calibration` check reviewers. An interaction has at most
one open task, for as long as it needs a human decision.
"""
