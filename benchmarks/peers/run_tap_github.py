"""meltanolabs-tap-github over a sandbox: its repositories' issues. Runs in a virtual environment that has the tap.

Run: python benchmarks/peers/run_tap_github.py   (the tracker's address and credentials as JSON on standard input)
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
    from tap_github import authenticator
    from tap_github.tap import TapGitHub

    # The tap asks the vendor itself, whatever `api_url_base` says, whether the token is good.
    authenticator.PersonalTokenManager.is_valid_token = lambda self: True
    settings = {"auth_token": config["token"], "api_url_base": config["url"], "repositories": config["repositories"]}
    settings |= {"start_date": config.get("since", "2000-01-01T00:00:00Z")}
    tap = TapGitHub(config=settings, parse_env_config=False)
    catalog = tap.catalog_dict
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = stream["tap_stream_id"] == "issues"
    tap = TapGitHub(config=settings, catalog=catalog, parse_env_config=False)
    printed = sys.stdout
    with tempfile.TemporaryFile("w+") as written:
        sys.stdout = written
        try:
            tap.sync_all()
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
