"""Curation runs, which decide pending interactions batch by batch. `control` starts, counts and stops them, `pace` lets
others write meanwhile; `curation.pipeline.curate` is the function that beat, the command and the button call.
"""
