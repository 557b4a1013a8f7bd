"""The sample of `make demo`: a small support agent in several versions, its help pages, and a log of its users. The
product imports nothing from here except in the command `demo`.
"""
