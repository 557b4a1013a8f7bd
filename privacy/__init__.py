"""Who a person is, what they agreed to, and how they are forgotten.

Owns subjects (pseudonyms), consent, redaction, erasure, access and retention. Imports none of the other apps: what holds
personal data elsewhere is reached through the classes that `settings.PERSONAL_DATA` names (`privacy.personal_data`). A
new model with personal data gets such a class and a PROTECTED key to `privacy.Subject`; a system check refuses it else.
"""
