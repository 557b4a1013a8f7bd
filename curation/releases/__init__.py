"""Releases: cut, published atomically, cut again when a person is forgotten.

`cutting` cuts and publishes, `files` writes, `rows` reads, `recuts` leaves out who was forgotten, `recalls` tell those who
downloaded; `manifest`, `card` and `verify` describe a release and check it. The files' formats are in `formats`.
"""
