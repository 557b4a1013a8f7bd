"""What a release can be written as: three files always, others by choice.

A format writes one line a record, so that a release streams, its lineage names a line, and a recut drops one without
writing the rest anew. Parquet is no such format: it is made from finished lines, by `parquet.convert`.
"""

from curation.formats import dpo, eval_cases, kto, preferences, sft

DEFAULT = (eval_cases, sft, preferences)
OPTIONAL = {"kto": kto, "dpo": dpo}
