"""`python -m privacy.redaction`: JSON Lines `{"text"}` on stdin, `{"text", "spans"}` on stdout.

With `--propose`, what was replaced in most texts instead, as `{"value", "type", "texts"}`: candidates for an allow list.
"""

import json
import sys

from privacy.redaction.results import RedactionError
from privacy.redaction.streams import filter_lines, proposals, read_texts


def main() -> int:
    """Filter stdin to stdout; 1 where a line could not be redacted."""
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogatepass")  # type: ignore[union-attr]
    try:
        if "--propose" in sys.argv[1:]:
            for proposal in proposals(read_texts(sys.stdin)):
                sys.stdout.write(json.dumps(proposal._asdict(), ensure_ascii=False) + "\n")
            return 0
        for line in filter_lines(sys.stdin):
            sys.stdout.write(line + "\n")
    except RedactionError as error:
        print(f"redact: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
