"""A project's own redaction rules, versioned. A version is never changed: `admin.revise` makes the next one once its
examples hold. `privacy.redaction.policy` defines what a rule may say.
"""
