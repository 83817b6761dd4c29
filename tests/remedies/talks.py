"""Commands that the hub prints when it answers a command: what somebody wrote, and what they are told to write."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.remedies.follow import Hands
from tests.remedies.reading import Said
from tests.remedies.runs import DONE, Seen, Stage, begin
from tests.remedies.worlds import SITUATIONS, TODAY, Copy

CODE = r"`(/okr [^`]+)`"


@dataclass(frozen=True, slots=True)
class Talk:
    """On the ticket of the situation somebody writes `said`; the hub answers `answer`, with a command to write.

    `ends` tells how the comment begins once that is written; `told` whether the waiting ticket is told of a no.
    """

    situation: str
    said: str
    answer: str
    ends: tuple[str, ...] = DONE
    told: bool = False


MUTED = rf"OKR check: muted\. 1 open point; {CODE} shows it\."
TALKS = (
    Talk("unlinked, in progress", "/okr kr daily-usres-~", rf"Did you mean .+\? If so, comment {CODE}\."),
    Talk("asked", "/okr acept", rf"Not applied: `/okr acept` isn't a command\. Did you mean {CODE}\?"),
    Talk("asked", "/okr yes", rf"Not applied: `/okr yes` isn't a command\. Did you mean {CODE}\?"),
    Talk("asked", "/okr help", rf"Not applied: `/okr help` isn't a command\. Write {CODE}, .+\."),
    Talk(
        "unlinked, in progress", "/okr link daily-users-~", rf"Not applied: .+ isn't a command\. Did you mean {CODE}\?"
    ),
    Talk("asked", "/okr decline", rf"Not applied: `/okr decline` needs a reason, for example {CODE}\.", told=True),
    Talk("asked", "/okr decline <reason>", r"Not applied: replace `<reason>` with your own words\.", told=True),
    Talk("unlinked, in progress", "/okr exempt", rf"Not applied: `/okr exempt` needs a reason, for example {CODE}\."),
    Talk("unlinked, in progress", "/okr kr", r"Not applied: `/okr kr` needs the id of a key result\."),
    Talk("unlinked, in progress", "/okr mute", MUTED, ("OKR check: no key result linked",)),
    Talk(
        "asked",
        "/okr mute",
        rf"Recorded: muted \(.+\)\. {CODE} brings the points back\.",
        ("OKR check: Product needs this ticket",),
    ),
)


def answers(stage: Stage) -> Iterator[tuple[Talk, str]]:
    """Each talk with what went wrong; empty where nothing did."""
    by_name = {situation.name: situation for situation in SITUATIONS}
    copies = [Copy.of(by_name[talk.situation], number) for number, talk in enumerate(TALKS)]
    begin(stage, copies)
    hands = [stage.hands(copy) for copy in copies]
    for talk, each_hands in zip(TALKS, hands, strict=True):
        stage.tracker.comment(each_hands.key, each_hands.copy.own(talk.said))
    seen = stage.look(TODAY)
    printed = [_printed(talk, hands, seen) for talk, hands in zip(TALKS, hands, strict=True)]
    for each_hands, command in zip(hands, printed, strict=True):
        stage.tracker.comment(each_hands.key, command)
    after = stage.look(TODAY)
    for talk, each_hands in zip(TALKS, hands, strict=True):
        yield talk, "; ".join(_wrong(talk, each_hands, after))


def _lines(said: Said) -> list[str]:
    return [said.headline, *said.paragraphs, *said.recorded]


def _printed(talk: Talk, hands: Hands, seen: Seen) -> str:
    (said,) = seen.posted(hands.key)
    found = next((hit for line in _lines(said) if (hit := re.fullmatch(talk.answer, line))), None)
    assert found is not None, f"{talk.said}: {_lines(said)}"
    if found.groups():
        return found[1]
    return hands.copy.own(talk.said).replace("<reason>", "no people") + (
        f" {hands.choice()}" if talk.said == "/okr kr" else ""
    )


def _wrong(talk: Talk, hands: Hands, after: Seen) -> Iterator[str]:
    (said,) = after.posted(hands.key)
    if not said.headline.startswith(talk.ends):
        yield f"the comment says {said.headline}"
    if any("Not applied" in line for line in _lines(said)):
        yield f"it still says {said.recorded}"
    if talk.ends == DONE and after.commented(hands.key):
        yield "the finding still stands"
    told = [finding.rule for other in hands.waiting() for finding in after.commented(other.key).values()]
    if talk.told and told != ["unacknowledged-dependency"]:
        yield f"on the waiting ticket: {told}"
