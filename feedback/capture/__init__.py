"""The only write path: a payload is prepared, applied in one transaction, and answered.

`payloads` is the shape, `preparing` redacts, `applying` decides what is stored, `writing` runs both in one commit for
many. API, OpenTelemetry and importers all go through `writing`. A new field starts in `payloads`.
"""
