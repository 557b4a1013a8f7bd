import hashlib, json
def read_checked(folder, name, manifest):
    data = (folder / name).read_bytes()
    entry = next(e for e in manifest["files"] if e["name"] == name)
    if hashlib.sha256(data).hexdigest() != entry["sha256"]: raise ValueError("checksum")
    return [json.loads(line) for line in data.splitlines()]
