"""What a product sends: projects and their keys, interactions, and the signals that people gave.

Products write through the capture API. This app knows nothing of decisions or releases: curation reads what is
`pending`. Signal kinds are in `signals`; a new one starts there.
"""
