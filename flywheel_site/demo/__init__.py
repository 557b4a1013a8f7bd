"""The sample of `make demo`: a small support agent in several versions, its help pages, and a log of its riders.

Nothing here is imported by the product but the command `demo`.
"""
