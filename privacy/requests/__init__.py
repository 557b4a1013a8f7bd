"""What a person asks for, from the request to the signed receipt, and the person's own page.

Its rule is in `lifecycle`: the states of a request and what each waits for. `page` is the person's page, `receipts` what
they can verify later. A new kind of request is a member of `PrivacyRequest.Kind` and a step of the lifecycle.
"""
