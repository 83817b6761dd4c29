"""Whose comment commands are honoured, said in the same words for every tracker."""

from pydantic import BaseModel, ConfigDict


class CommandSettings(BaseModel):
    """`[connectors.NAME.commands]`: without `allow` everybody counts whom the tracker shows as able to edit."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    enabled: bool = True
    allow: tuple[str, ...] = ()

    def trusts(self, *names: str, can_edit: bool) -> bool:
        """Whether somebody of these names and ids may command, who can edit tickets or not."""
        return bool({*names} & {*self.allow}) if self.allow else can_edit
