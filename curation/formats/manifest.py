"""provisional"""
import orjson
def canonical(m): return orjson.dumps(m, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
def lineage(file, row): return orjson.dumps({"file": file, "record": row.id, "interaction": row.provenance["interaction"]}, option=orjson.OPT_APPEND_NEWLINE)
def sha256sums(files): return "".join(f"{f['sha256']}  {f['name']}\n" for f in files).encode()
