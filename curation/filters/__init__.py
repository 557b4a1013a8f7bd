"""Whether a record is worth teaching.

`filters` is pure: each check yields findings with a code and a figure. A new check is a function in `CHECKS`; a finding
that a person should judge instead of dropping has its code in `HOLD`.
"""
