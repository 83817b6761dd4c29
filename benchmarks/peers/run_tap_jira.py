"""tap-jira over a sandbox: all its issues. Runs in a virtual environment that has the tap.

Run: python benchmarks/peers/run_tap_jira.py   (the tracker's address and credentials as JSON on standard input)
"""

import json
import resource
import sys
import tempfile
import time


def main() -> None:
    """Read once; say how many issues the tap wrote and what it cost."""
    config = json.load(sys.stdin)
    started_at = time.perf_counter()
    import tap_jira
    from singer.catalog import Catalog
    from tap_jira.context import Context
    from tap_jira.http import Client

    # The tap writes https before every address, which the sandbox on loopback does not speak.
    Client.url = lambda self, path: self.base_url.rstrip("/") + "/" + path.lstrip("/")
    settings = {
        "start_date": config.get("since", "2000-01-01T00:00:00Z"),
        "user_agent": "benchmark",
        "base_url": config["url"],
    }
    settings |= {"username": config["email"], "password": config["token"]}
    Context.client = Client(settings)
    Context.config, Context.state = settings, {}
    catalog = tap_jira.discover().to_dict()
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = stream["tap_stream_id"] == "issues"
    Context.catalog = Catalog.from_dict(catalog)
    printed = sys.stdout
    with tempfile.TemporaryFile("w+") as written:
        sys.stdout = written
        try:
            tap_jira.sync()
        finally:
            sys.stdout = printed
        seconds = time.perf_counter() - started_at
        written.seek(0)
        records = [json.loads(line) for line in written if '"RECORD"' in line[:40]]
    tickets = sum(record["stream"] == "issues" for record in records)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(json.dumps({"tickets": tickets, "seconds": seconds, "memory": memory}))


if __name__ == "__main__":
    main()
