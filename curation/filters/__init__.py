"""Whether a record is worth teaching.

`filters` is pure: each check yields findings with a code and a figure. A new check is a function in `CHECKS`; a finding
that should go to a person, rather than drop the record, has its code in `HOLD`.
"""
