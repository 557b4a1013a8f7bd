"""Sign-in, second factor, and the secrets that the server makes for itself.

`sign_ins` slows down password guessing, `second_factor_views` asks for a code, `invitations` lets people join by a link.
"""
