"""What every HTTP call shares: problem documents, scopes, OpenAPI, the caller's address.

`problems` words every refusal, `scopes` lists what a key may do, `openapi.described` documents a view. A new view in
any app uses that decorator and raises its errors through `problems`.
"""
