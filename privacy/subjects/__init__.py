"""People as pseudonyms, found by a keyed digest of the product's own id.

`lookup` finds or creates a subject, `digests` makes all keyed digests, `master_keys` checks the key. The product's id
itself is never stored.
"""
