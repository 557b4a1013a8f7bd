"""A project's curation policy: versioned settings, and what another policy would change.

`settings` lists the settings of each stage, which the stages declare themselves; `versions` makes the next version, never
changing one that was used; `trials` tries a policy on existing records.
"""
