"""How tickets of one tracker name key results and are answered: only what its configuration reads."""

from dataclasses import dataclass

from hub.model.initiative import MentionSource


@dataclass(frozen=True, slots=True)
class Wording:
    """The places that a connector reads, as people write them there; an empty one is switched off.

    `label` and `text` are patterns with `{id}`, `field` is a field's name. `commands` tells whether comment commands
    are heard. `lists` tells whether a long list may stand folded in a comment. `reacts` tells whether a command is
    acknowledged by a reaction, so that no comment is needed for that.
    """

    label: str = "kr-{id}"
    field: str = "Key Result"
    text: str = "KR: {id}"
    commands: bool = True
    lists: bool = True
    reacts: bool = False

    def format_id(self, source: MentionSource, id_: str) -> str:
        """The key result's id as it is written in that place; the bare id where there is no pattern."""
        pattern = {
            MentionSource.LABEL: self.label,
            MentionSource.TEXT: self.text,
            MentionSource.COMMAND: "/okr kr {id}",
        }.get(source, "")
        return pattern.replace("{id}", id_) if pattern else id_
