"""Where a ticket names its key results, said in the same words for every tracker."""

from pydantic import BaseModel, ConfigDict, field_validator

from connectors.command_settings import CommandSettings
from hub.model.wording import Wording


class KeyResultMentions(BaseModel):
    """Every place that matches counts; an empty one is switched off."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    label: str | None = "kr-{id}"
    field: str | None = "Key Result"
    text: str | None = "KR: {id}"
    inherit: bool = True

    @field_validator("label", "text")
    @classmethod
    def _has_id_placeholder(cls, pattern: str | None) -> str | None:
        if pattern and "{id}" not in pattern:
            raise ValueError("the pattern needs {id} where the key result's id stands")
        return pattern


def wording_of(
    mentions: KeyResultMentions, commands: CommandSettings, *, lists: bool = True, reacts: bool = False
) -> Wording:
    """What comments may tell people to write on this tracker's tickets."""
    return Wording(
        mentions.label or "",
        mentions.field or "",
        mentions.text or "",
        commands=commands.enabled,
        lists=lists,
        reacts=reacts and commands.enabled,
    )
