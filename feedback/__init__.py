"""What a product sends: projects and their keys, interactions, and the signals that people gave.

The capture API is its face. It knows nothing of decisions or releases: curation reads what is `pending`. The kinds of
signal are in `signals`; a new one starts there.
"""
