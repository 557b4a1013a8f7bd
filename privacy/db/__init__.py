"""How personal data is stored: columns that take redacted text alone, bulk SQL, and which database it is."""
