"""What of the map is folded: nothing of a small one, of a large one all but what a reader opens or looks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.report.map.filters import Matches
from hub.report.map.lanes import UNLINKED_LANE, MapLane, TeamGroup
from hub.report.map.nodes import MapNode

# More than this is folded until somebody opens it.
MOST_OPEN_NODES, MOST_OPEN_LANES, MOST_OPEN_MATCHES, MOST_OPEN_BESIDE = 80, 24, 12, 14


@dataclass(frozen=True, slots=True)
class MapView:
    """How a reader looks at the map: what a filter keeps, and which keys they opened or closed."""

    matches: Matches | None = None
    opened: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FoldPlan:
    """The view, and what it means for these lanes: nothing of a small map is folded by itself."""

    view: MapView
    running_cycle: str
    foldable: bool
    lanes_folded: bool
    open_matches: bool

    @classmethod
    def of(cls, lanes: Sequence[MapLane], view: MapView) -> "FoldPlan":
        """What is folded of these lanes in this view."""
        nodes = sum(len(group.entries) for lane in lanes for group in lane.groups)
        foldable = nodes > MOST_OPEN_NODES or len(lanes) > MOST_OPEN_LANES
        few = view.matches is not None and sum(map(view.matches.within, lanes)) <= MOST_OPEN_MATCHES
        running = lanes[-1].cycle if lanes and lanes[-1].key == UNLINKED_LANE else lanes[0].cycle if lanes else ""
        return cls(view, running, foldable, len(lanes) > MOST_OPEN_LANES, few)

    def lane_folded(self, lane: MapLane) -> bool:
        """Whether only the organization key result is shown, with what is beside it as counts."""
        if lane.key in self.view.opened or lane.key in self.view.closed:
            return lane.key not in self.view.opened
        beside = sum(len(group.entries) for group in lane.groups)
        small = beside <= MOST_OPEN_NODES
        return self.lanes_folded and not (small and self.open_matches and self._has_match(lane))

    def group_foldable(self, lane: MapLane, group: TeamGroup) -> bool:
        """Whether a team can be folded there: not where a reader opened a lane that is small enough to read."""
        beside = sum(len(each.entries) for each in lane.groups)
        small = self.lanes_folded and beside <= MOST_OPEN_BESIDE and self.view.matches is None
        return bool(group.entries) and self.foldable and not small

    def group_folded(self, lane: MapLane, group: TeamGroup) -> bool:
        """Whether only the team's name is shown, with counts."""
        if not self.group_foldable(lane, group):
            return False
        if group.key in self.view.opened or group.key in self.view.closed:
            return group.key not in self.view.opened
        matches = self.view.matches
        return not (self.open_matches and matches is not None and matches.has_group(lane, group))

    def _has_match(self, lane: MapLane) -> bool:
        return self.view.matches is not None and self.view.matches.within(lane)

    def lane_faded(self, lane: MapLane) -> bool:
        """What matches beside it keeps it in view, too."""
        return self.view.matches is not None and not self.view.matches.within(lane)

    def group_faded(self, lane: MapLane, group: TeamGroup) -> bool:
        """Whether nothing of the team matches there."""
        return self.view.matches is not None and not self.view.matches.has_group(lane, group)

    def node_faded(self, lane: MapLane, node: MapNode) -> bool:
        """Whether it does not match."""
        return self.view.matches is not None and (lane.key, node.key) not in self.view.matches.nodes
