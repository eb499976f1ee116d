"""Microsoft Teams (by a Workflows webhook) and Slack, through Apprise. Needs the extra `chat`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..letters.letter import Letter
from ..letters.plain import in_plain_words, sentence
from ..problems import AlertError, ChannelDown, NotSent
from . import Parcel
from .marked_up import for_slack, for_teams, slack_text, without_marks
from .overheard import overheard
from .secrets import Secret, find, missing

if TYPE_CHECKING:
    from apprise import NotifyBase

TEAMS_CARD = Path(__file__).with_name("teams_card.json")
LONGEST_TITLE = 150
# Teams takes 28 kB for a whole card, Slack 40,000 characters.
LONGEST_BODY = 18_000
CUT_SHORT = "(Cut short: it is too long for a chat message.)"

# What makes up an address, of all that Apprise reads from one.
_PARTS = ("secure", "host", "port", "workflow", "signature", "power_automate", "routing_id", "version", "token_a", "token_b", "token_c", "mode", "workflow_path")
_STATUS = re.compile(r"error=(\d{3})\b")
_WRONG_WEBHOOK = (400, 401, 403, 404, 410)


class ChatChannel:
    """Each recipient's `chat` names a webhook, whose address is a secret: SPRINGTIDE_CHAT_ and the name in capitals."""

    name = "chat"

    def __init__(self, settings: Mapping[str, str], seconds: float):
        """Raises: AlertError, when Apprise is not installed."""
        try:
            import apprise  # noqa: F401
        except ImportError:
            raise AlertError("the channel chat needs Apprise: pip install 'springtide[chat]'") from None
        self._settings = settings
        self._seconds = seconds

    def send(self, parcel: Parcel) -> str:
        """Gives the kind of chat. A chat can't be asked what it has, so a second try may show twice. Raises: NotSent, ChannelDown."""
        name, webhook = self._webhook(parcel.to.chat)
        with overheard("apprise") as said:
            sent, kind = _post(webhook, parcel.letter, self._seconds)
        if not kind:
            raise ChannelDown(f"{name} is neither the address of a Teams workflow nor of a Slack webhook")
        if not sent:
            raise _why(kind, name, said)
        return kind

    def close(self) -> None:
        """Nothing is held open."""

    def _webhook(self, chat: str) -> tuple[str, Secret]:
        if not chat:
            raise ChannelDown("the directory gives no chat for this post; add one there, or send by another channel")
        name = secret_name(chat)
        webhook = find(name, self._settings)
        if webhook is None:
            raise ChannelDown(missing(name, "the address of the chat's webhook"))
        return name, webhook


def secret_name(chat: str) -> str:
    """Where the address of a chat is kept: `ashford-managers` in SPRINGTIDE_CHAT_ASHFORD_MANAGERS."""
    return "SPRINGTIDE_CHAT_" + re.sub(r"[^A-Z0-9]+", "_", chat.upper()).strip("_")


def _post(webhook: Secret, letter: Letter, seconds: float) -> tuple[bool, str]:
    """Whether it was taken, and by which kind of chat; no kind, when the address is of neither."""
    from apprise import NotifyFormat, NotifyType

    chat, kind = _chat(webhook)
    if chat is None:
        return False, ""
    chat.socket_connect_timeout = chat.socket_read_timeout = seconds
    # Whatever the address asks for: what is sent is encrypted (`_chat`), certificates are verified, and nothing is sent on elsewhere.
    chat.verify_certificate, chat.redirects = True, False
    title, letter = sentence(letter.subject, LONGEST_TITLE), in_plain_words(letter)
    if kind == "Teams":
        title, body = without_marks(title), for_teams(letter)
    else:
        title, body = slack_text(title), for_slack(letter)
    # Straight to the service: Apprise's own notify would convert the text once more.
    try:
        sent = chat.send(body=_cut(body), title=title, notify_type=NotifyType.INFO, body_format=NotifyFormat.MARKDOWN)
    except (OSError, ValueError):  # what Apprise lets through, such as a list of certificates that is not there
        sent = False
    return bool(sent), kind


def _chat(webhook: Secret) -> tuple[NotifyBase | None, str]:
    """The service at an address, as its owner copied it or as Apprise writes it (workflows://…, slack://…)."""
    from apprise import AppriseAsset
    from apprise.plugins.slack import NotifySlack
    from apprise.plugins.workflows import NotifyWorkflows

    # Nothing on disk, and none of Apprise's pictures, which would be fetched from elsewhere.
    asset = AppriseAsset(app_id="springtide", storage_mode="memory", image_url_mask="")
    kinds: dict[str, tuple[Any, dict[str, Any]]] = {
        "Teams": (NotifyWorkflows, {"include_image": False, "template": TEAMS_CARD.as_uri()}),
        "Slack": (NotifySlack, {"include_image": False, "include_footer": False}),
    }
    for kind, (service, settings) in kinds.items():
        if found := _parsed(service, webhook.reveal()):
            try:
                return service(**(found | {"secure": True}), **settings, asset=asset), kind
            except (TypeError, ValueError):  # Apprise's way to say that a part is missing or wrong
                return None, ""
    return None, ""


def _parsed(service: Any, address: str) -> dict[str, Any] | None:
    found = service.parse_native_url(address)
    if not found and address.partition("://")[0].lower() in _schemes(service):
        found = service.parse_url(address)
    # What an address may ask for that is not its own to decide is left out.
    return {name: value for name, value in found.items() if name in _PARTS} if found else None


def _schemes(service: Any) -> tuple[str, ...]:
    own = service.secure_protocol
    return (own,) if isinstance(own, str) else tuple(own)


def _cut(body: str) -> str:
    if len(body.encode()) <= LONGEST_BODY:
        return body
    whole, _, _ = body.encode()[:LONGEST_BODY].decode("utf-8", "ignore").rpartition("\n")
    return f"{whole}\n\n{CUT_SHORT}"


def _why(kind: str, name: str, said: list[str]) -> NotSent:
    """Apprise tells only in its log how a service answered."""
    found = next((match for line in said if (match := _STATUS.search(line))), None)
    if found is None:
        return ChannelDown(f"{kind} can't be reached, did not answer in time, or its certificate could not be verified (see REQUESTS_CA_BUNDLE)")
    status = int(found[1])
    if status == 429:
        return ChannelDown(f"{kind} asks to send more slowly (429)")
    if status in _WRONG_WEBHOOK:
        return NotSent(f"{kind} does not know this webhook or refused the message ({status}); see {name}", for_good=True)
    if status == 413:
        return NotSent(f"{kind} says that the message is too large (413)", for_good=True)
    return NotSent(f"{kind} did not take the message ({status})", for_good=False)
