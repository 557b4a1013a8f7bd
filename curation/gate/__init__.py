"""May this agent version replace that one?

`judging` puts a candidate through, `verdicts` decides (pure), `graders` compare answers, `calibration` finds which grader
may be trusted with a case. `runs` stores a run, `reports` puts it into words. Eval sets of other tools are read by the
command `import_evals`.
"""
