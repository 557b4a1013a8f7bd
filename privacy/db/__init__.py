"""How personal data is stored: columns that take redacted text alone, bulk SQL, and which database it is.

Raw SQL and questions after the vendor belong here. A new free-text column is a `fields.RedactedTextField`, or
`RedactedJSONField`: they refuse every string that the redactor did not make.
"""
