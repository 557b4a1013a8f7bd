"""What every HTTP call shares: problem documents, scopes, OpenAPI, the caller's address."""
