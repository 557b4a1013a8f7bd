"""OpenTelemetry traces become interactions, one for each turn of a user.

`decoding` and `views` read OTLP, `attributes` reads what a text attribute holds. `dialects` are tables of the attributes
that instrumentations write; with them `spans` turns each span into a `Reading` (`readings`). `turns` joins a trace's
readings into turns with their context and steps. `traces` plans an export's effect given what earlier ones left,
`waiting` stores that, `exports` writes it, and `reports` says what was missing.
"""
