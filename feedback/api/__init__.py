"""The capture API: parse, call the write path, answer.

`views` has the calls, `batch` takes many writes at once, `authentication` and `throttling` decide who may call and how
often. `feedback.capture.payloads` defines the bodies, and OpenAPI is generated from it.
"""
