"""Who a person is here: a pseudonym, found by a keyed digest of the product's own id."""
