"""Projects, their keys, and the feedback tokens of browsers.

A project is the boundary of what a key can see. `keys` makes and checks keys; `tokens` signs what a page may do.
"""
