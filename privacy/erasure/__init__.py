"""The one road that reaches all data of a person: access, erasure, retention, and the scan that proves it."""
