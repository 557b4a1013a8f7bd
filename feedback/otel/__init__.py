"""OpenTelemetry traces become interactions.

`decoding` reads OTLP, `attributes` what a text attribute holds, `conversations` what spans mean. The ways in which
instrumentations write a conversation are `conversations.DIALECTS`: a new one is one entry.
"""
