"""Captures what an agent does through the SDKs it uses; each module is an extra of this package.

``openai.wrap`` and ``anthropic.wrap`` wrap a client of these SDKs, ``langchain.FlywheelCallback`` is a
callback.
"""
