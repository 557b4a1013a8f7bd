"""Exit 0 if this container's server answers well: `python deploy/healthcheck.py /healthz` or `/readyz`."""

import http.client
import os
import sys


def main(path: str) -> int:
    """Request the path."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=2)
    try:
        connection.request("GET", path)
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException) as error:
        print(type(error).__name__, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
