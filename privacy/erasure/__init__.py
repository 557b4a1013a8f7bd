"""The one road that reaches all data of a person: access, erasure, retention, and the scan that proves it.

Its rule is in `erasure`: hidden in one transaction, erased in short turns that can be resumed, the receipt after the
last. What an app holds is reached by its `personal_data` module, leaf first; a new table goes there and into `data_map`.
"""
