"""What people said about an answer, who they are, and how far they may be followed.

`pending` reads what is new, `decided` what was decided, `influence` weighs who is behind it, `poisoning` finds planted
phrases. Each person counts once, with the newest word.
"""
