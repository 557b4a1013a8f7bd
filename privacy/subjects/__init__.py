"""Who a person is here: a pseudonym, found by a keyed digest of the product's own id.

`lookup` finds or creates a subject, `digests` makes every keyed digest, `master_keys` guards the key. The product's id
itself is never stored.
"""
