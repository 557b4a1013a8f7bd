"""Releases: cut, published atomically, and cut again when a person is erased.

`cutting` cuts and publishes, `membership` selects the members and checks consent again, `files` writes, `rows` reads,
`recuts` leaves erased people out, `recalls` tells downstream users; `manifest`, `card` and `verify` describe a release
and check it. The files' formats are in `formats`.
"""
