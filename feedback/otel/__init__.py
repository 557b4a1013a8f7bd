"""OpenTelemetry traces become interactions."""
