"""The capture API: parse, call the write path, answer.

`views` are the doors, `batch` takes many at once, `authentication` and `throttling` decide who may call and how often.
What a body may hold is `feedback.capture.payloads`, from which OpenAPI is generated, too.
"""
