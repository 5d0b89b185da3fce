"""A channel in this process, for tests: it obeys what every channel promises."""

from datetime import UTC, datetime

from notifications.message import Message, Receipt, Sender, as_email, message_id

_SOME_TIME = datetime(2027, 1, 1, tzinfo=UTC)


class MemoryChannel:
    """Keeps messages, oldest first; the same key again takes the place of the first."""

    def __init__(self, sender: Sender) -> None:
        self.messages: list[Message] = []
        self._sender = sender

    def send(self, message: Message) -> Receipt:
        as_email(message, self._sender, _SOME_TIME)  # what cannot be written cannot be sent
        keys = [each.key for each in self.messages]
        if message.key in keys:
            self.messages[keys.index(message.key)] = message
        else:
            self.messages.append(message)
        return Receipt(message_id(message, self._sender))
