"""Who calls: the account behind a token and what it may see and change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hub.sandbox.github.state import Account, Repository


@dataclass(frozen=True, slots=True)
class Access:
    """A token's account and its reach; `repositories` None means all of them, else full names of private ones."""

    account: Account
    repositories: frozenset[str] | None = None
    writes: bool = True
    reads_projects: bool = True
    reads_issue_fields: bool = True

    def sees(self, repo: Repository) -> bool:
        """Whether the repository exists for this token."""
        return not repo.private or self.repositories is None or repo.full_name in self.repositories


@dataclass(slots=True)
class App:
    """An App with its public key and its installations; `issued` are the tokens that it was given, oldest first.

    One that was registered from a manifest has an owner, its permissions, and where people go once it is installed.
    """

    id: str
    slug: str
    public_key: str
    installations: tuple[int, ...]
    lifetime: timedelta = timedelta(hours=1)
    issued: list[str] = field(default_factory=list)
    owner: str = ""
    permissions: Mapping[str, str] = field(default_factory=dict)
    setup_url: str = ""

    @property
    def bot(self) -> str:
        """The login that it writes as."""
        return f"{self.slug}[bot]"
