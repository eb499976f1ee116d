"""GOV.UK Notify: one template, one recipient a message, and a look before a second try. Needs the extra `notify`."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..letters.plain import in_plain_words, sentence
from ..problems import AlertError, ChannelDown, NotSent
from . import Parcel
from .marked_up import for_notify
from .overheard import overheard
from .secrets import Secret

if TYPE_CHECKING:
    from notifications_python_client.errors import APIError

PUBLIC_API = "https://api.notifications.service.gov.uk"
LONGEST_SUBJECT = 200

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(f"(?:.+-)?{_ID}-{_ID}", re.IGNORECASE)
_TEMPLATE = re.compile(_ID, re.IGNORECASE)
# The sender is asked to try again after these; any other existing message is on its way or has arrived.
_TO_BE_SENT_AGAIN = ("technical-failure", "temporary-failure")


class NotifyChannel:
    """The template holds ((subject)) and ((body)) and nothing else; its text is in notify_templates/."""

    name = "notify"

    def __init__(self, key: Secret, template: str, *, seconds: float, address: str = PUBLIC_API):
        """Raises: AlertError."""
        try:
            from notifications_python_client.notifications import NotificationsAPIClient
        except ImportError:
            raise AlertError("the channel notify needs its client: pip install 'springtide[notify]'") from None
        if not _KEY.fullmatch(key.reveal()):
            raise AlertError("SPRINGTIDE_NOTIFY_KEY is not a key of GOV.UK Notify: its name, the service's id and the key, with hyphens between")
        if not _TEMPLATE.fullmatch(template):
            raise AlertError("SPRINGTIDE_NOTIFY_TEMPLATE is not a template's id; copy it from the template's page in GOV.UK Notify")
        if not address.startswith("https://"):
            raise AlertError("SPRINGTIDE_NOTIFY_URL does not begin with https://; without encryption anyone on the way could read the key")
        client: Any = NotificationsAPIClient  # its package has no types
        self._client = client(key.reveal(), base_url=address, timeout=seconds)
        self._template = template

    def send(self, parcel: Parcel) -> str:
        """Gives Notify's id of the message. Raises: NotSent, ChannelDown."""
        reference = f"springtide-{parcel.id}"
        if parcel.again and (earlier := self._earlier(reference)):
            return earlier
        answer = self._asked(
            "send_email_notification",
            email_address=parcel.to.email,
            template_id=self._template,
            personalisation={"subject": sentence(parcel.letter.subject, LONGEST_SUBJECT), "body": for_notify(in_plain_words(parcel.letter))},
            reference=reference,
        )
        return _id_of(answer)

    def close(self) -> None:
        with suppress(Exception):
            self._client.request_session.close()

    def _earlier(self, reference: str) -> str | None:
        """An earlier message of that reference, which Notify does not keep us from sending twice. It remembers seven days."""
        found = self._asked("get_all_notifications", template_type="email", reference=reference)
        notifications = found.get("notifications") if isinstance(found, dict) else None
        if not isinstance(notifications, list):
            raise NotSent("GOV.UK Notify answered what was not expected when asked for an earlier try", for_good=False)
        alive = [one for one in notifications if one.get("reference") == reference and one.get("status") not in _TO_BE_SENT_AGAIN]
        if not alive:
            return None
        if all(one.get("status") == "permanent-failure" for one in alive):
            raise NotSent("GOV.UK Notify could not deliver it: there is no such e-mail address; correct it in the directory", for_good=True)
        return _id_of(next(one for one in alive if one.get("status") != "permanent-failure"))

    def _asked(self, what: str, **given: Any) -> Any:
        from notifications_python_client.errors import APIError

        with overheard("notifications_python_client.base", "notifications_python_client.notifications"):
            try:
                return getattr(self._client, what)(**given)
            except APIError as error:
                refusal = _refusal(error)
            except (OSError, ValueError):  # what the client lets through, such as a list of certificates that is not there
                refusal = ChannelDown("GOV.UK Notify can't be reached; see REQUESTS_CA_BUNDLE, if that is set")
        raise refusal  # outside, so that nothing of the request hangs on it


def _id_of(answer: Any) -> str:
    found = answer.get("id") if isinstance(answer, dict) else None
    if not isinstance(found, str) or not _TEMPLATE.fullmatch(found):
        raise NotSent("GOV.UK Notify gave no id for the message, so it may not have been taken", for_good=False)
    return found


def _refusal(error: APIError) -> NotSent:
    from notifications_python_client.errors import InvalidResponse
    from requests import exceptions

    if isinstance(error, InvalidResponse):
        return NotSent("what answered was not GOV.UK Notify, or it answered what was not expected", for_good=False)
    if error.response is None:
        cause = error.__cause__
        if isinstance(cause, exceptions.SSLError):
            return ChannelDown("the certificate of GOV.UK Notify could not be verified; behind a proxy that opens encrypted traffic, see REQUESTS_CA_BUNDLE")
        if isinstance(cause, exceptions.Timeout):
            return ChannelDown("GOV.UK Notify did not answer in time")
        return ChannelDown("GOV.UK Notify can't be reached")
    status, words = error.status_code, _words(error)
    if status == 400:
        return _bad_request(words)
    if status == 403 and "clock" in words:
        return ChannelDown("GOV.UK Notify refused: this computer's clock is wrong by more than 30 seconds (403)")
    if status in (401, 403):
        return ChannelDown("GOV.UK Notify does not accept the key (403); see SPRINGTIDE_NOTIFY_KEY")
    if status == 429:
        limit = "the day's limit of messages is reached" if "today" in words else "asks to send more slowly"
        return ChannelDown(f"GOV.UK Notify: {limit} (429)")
    if status in (502, 503, 504):
        return ChannelDown(f"GOV.UK Notify is not working just now ({status})")
    return NotSent(f"GOV.UK Notify did not take the message ({status})", for_good=400 <= status < 500)


def _bad_request(words: str) -> NotSent:
    """What Notify calls a bad request is sometimes the template's fault, which is ours to mend, and not the message's."""
    if "template" in words or "personalisation" in words:
        return ChannelDown("GOV.UK Notify has no such template, or it holds more than ((subject)) and ((body)) (400); see SPRINGTIDE_NOTIFY_TEMPLATE")
    if "team-only" in words:
        return NotSent("the key is for the team only, and the recipient is not in it (400); see SPRINGTIDE_NOTIFY_KEY", for_good=True)
    if "trial mode" in words:
        return NotSent("the service is in trial mode, and the recipient is not in its team (400); ask GOV.UK Notify to make it live", for_good=True)
    if "email_address" in words:
        return NotSent("GOV.UK Notify does not take the e-mail address in the directory (400); correct it there", for_good=True)
    if "too long" in words or "character" in words:
        return NotSent("GOV.UK Notify says that the message is too long (400)", for_good=True)
    return NotSent("GOV.UK Notify refused the message (400)", for_good=True)


def _words(error: APIError) -> str:
    """What Notify said, to be recognised but not repeated: it may hold an address."""
    said = error.message
    if isinstance(said, list):
        said = " ".join(str(one.get("message", "")) for one in said if isinstance(one, dict))
    return str(said).lower()
