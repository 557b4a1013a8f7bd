"""What people agreed to: an append-only ledger per subject and purpose."""
