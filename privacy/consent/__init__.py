"""What people agreed to: an append-only ledger per subject and purpose.

Its rule is in `ledger`: the newest unexpired entry holds, and no entry means no. Consent is asked at capture, at curation
and at release; nobody else interprets entries. A new purpose is a member of `privacy.models.Purpose`.
"""
