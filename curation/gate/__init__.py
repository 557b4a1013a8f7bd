"""May this agent version replace that one?

`judging` puts a candidate through, `verdicts` decides (pure), `graders` compare answers, `calibration` finds which grader
may be trusted with a case. Eval sets of other tools are read by `eval_sets.DIALECTS`.
"""
