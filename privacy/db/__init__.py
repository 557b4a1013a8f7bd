"""How personal data is stored: columns that accept only redacted text, bulk SQL, and what differs between databases.
Raw SQL and checks for the vendor belong here. A new free-text column is a `fields.RedactedTextField`, or
`RedactedJSONField`: they refuse every string that the redactor did not make.
"""
