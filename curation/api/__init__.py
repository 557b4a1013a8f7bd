"""The reading API and the gate over HTTP."""
