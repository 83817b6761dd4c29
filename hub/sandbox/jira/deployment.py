"""What kind of Jira a sandbox plays: Cloud, or a Data Center of some version under some path."""

from dataclasses import dataclass

VERSIONS = {"Cloud": (1001, 0, 0), "DataCenter": (10, 3, 24), "Server": (9, 12, 15)}


@dataclass(frozen=True, slots=True)
class Deployment:
    """The kind as `serverInfo` tells it. Data Center may live under a `context` such as `/jira`; a Cloud site with
    a `cloud_id` is also found behind the gateway's path. `page_cap` is the most rows that Data Center gives at once;
    `expands` says whether its lists of comments come with their properties when asked.
    """

    kind: str = "Cloud"
    version: tuple[int, ...] = VERSIONS["Cloud"]
    context: str = ""
    cloud_id: str = ""
    page_cap: int = 1_000
    expands: bool = True

    @property
    def cloud(self) -> bool:
        """Whether it is a Cloud site."""
        return self.kind == "Cloud"

    @property
    def gateway(self) -> str:
        """The path behind which the gateway offers the site; empty where there is none."""
        return f"/ex/jira/{self.cloud_id}" if self.cloud_id else ""


def deployment(kind: str, **options: object) -> Deployment:
    """A deployment of that kind, of a usual version unless told otherwise."""
    return Deployment(kind=kind, **({"version": VERSIONS[kind]} | options))  # type: ignore[arg-type]
