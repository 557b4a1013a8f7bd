"""Sign-in, second factor, and the secrets that the server makes for itself.

`sign_ins` slows down who guesses passwords, `second_factor` asks for a code, `kept_secrets` keeps generated keys in
`var/`.
"""
