"""People's requests, from submission to the signed receipt, and the person's own page. The rule is in `lifecycle`: the
states of a request and what each waits for. `views` has the person's page; `receipts` signs what they can verify later;
`audit` reads everything for many people at once. A new kind of request is a member of `PrivacyRequest.Kind` and a step
of the lifecycle.
"""
