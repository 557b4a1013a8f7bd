"""What a person asks for, from the request to the signed receipt, and the person's own page."""
