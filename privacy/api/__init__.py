"""What every HTTP call shares: problem documents, scopes, OpenAPI, the caller's address.

Its rules: `problems` words every refusal, `scopes` lists what a key may do, `openapi.described` documents a view. A new
view of any app is described by that decorator and answers errors by `problems`.
"""
