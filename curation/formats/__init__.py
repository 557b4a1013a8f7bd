"""The formats by name."""

from curation.formats import eval_cases, preferences, sft

DEFAULT = (eval_cases, sft, preferences)
OPTIONAL: dict = {}
