"""A project's own redaction rules, versioned.

A version is never changed; `revisions` makes the next one, after its examples were tried. What a rule may say is
`privacy.redaction.policy`.
"""
