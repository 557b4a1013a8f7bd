"""What people agreed to: an append-only ledger per subject and purpose.

Its rule is in `ledger`: the newest unexpired entry holds, and no entry means no. Consent is checked at capture, at
curation and at release; no other code interprets entries. A new purpose is a member of `privacy.models.Purpose`.
"""
