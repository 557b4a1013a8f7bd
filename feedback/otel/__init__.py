"""OpenTelemetry traces become interactions, one for each turn of a user.

`decoding` and `logs` read OTLP, `attributes` what a text attribute holds. `dialects` are tables of the attributes that
instrumentations write; with them `spans` makes a `Reading` of each span. `turns` joins the readings of a trace to turns, `steps`
gives them context and steps. `traces` plans what an export comes to with what is known from earlier ones, `waiting` keeps that,
`exports` writes it, and `reports` says what was missing.
"""
