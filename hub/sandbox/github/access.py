"""Who calls: the account behind a token and what it may see and change."""

from dataclasses import dataclass

from hub.sandbox.github.state import Account, Repository


@dataclass(frozen=True, slots=True)
class Access:
    """A token's account and its reach; `repositories` None means all of them, else full names of private ones."""

    account: Account
    repositories: frozenset[str] | None = None
    writes: bool = True

    def sees(self, repo: Repository) -> bool:
        """Whether the repository exists for this token."""
        return not repo.private or self.repositories is None or repo.full_name in self.repositories
