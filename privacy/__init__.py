"""Who a person is, what they agreed to, and how they are forgotten.

Owns subjects (pseudonyms), consent, redaction, erasure, access and retention. Imports none of the other apps: it
reaches personal data elsewhere through the modules named in `settings.PERSONAL_DATA` (`privacy.personal_data`). A new
model with personal data is listed in such a module and gets a PROTECTED key to `privacy.Subject`; a system check
refuses it otherwise.
"""
