"""The single path that reaches all data of a person: access, erasure, retention, and the scan that proves erasure.

The rule is in `erasure`: hide the person in one transaction, erase in short turns that can be resumed, sign the receipt
after the last. Each app's data is reached through its `personal_data` module, leaf first; a new table goes there.
"""
