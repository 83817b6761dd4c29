"""What may stand in `[digests]`: when the weekly summary goes out, and to which room of each team."""

from collections.abc import Mapping

from pydantic import SecretStr

from hub.config_form.service_shapes import ScheduleExpression
from hub.config_form.shapes import Section


class ChannelSettings(Section):
    """`[digests.channels.TEAM]`: where the team reads. The address holds a key, so it is a secret."""

    apprise_url: SecretStr


class DigestSettings(Section):
    """`[digests]`: a summary for each team that has a channel; without channels nothing is sent."""

    schedule: ScheduleExpression = "0 9 * * 1"
    channels: Mapping[str, ChannelSettings] = {}
