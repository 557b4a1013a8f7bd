def card(manifest): return "---\n---\n# " + manifest["dataset"] + "\n"
