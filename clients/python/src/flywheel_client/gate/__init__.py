"""The release gate: ask a candidate every eval case of a release, and let the server judge the answers."""
