"""Review tasks: what a person decides, and how reviewers are checked.

`opening` opens and closes tasks, `deciding` applies a verdict, `double_review` and `calibration` check reviewers. An
interaction has at most one open task, for as long as it needs a human decision.
"""
