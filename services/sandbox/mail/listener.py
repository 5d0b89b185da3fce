"""A mail server for everybody here: it takes whatever is handed to it, from this machine alone."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP

from services.sandbox.mail.postbox import Postbox
from services.sandbox.mail.replies import SERVER

_MOST_BYTES = 1_000_000  # of one mail


def taken_at(listener: socket.socket) -> str:
    """Return where that takes mails, as a URL."""
    host, port = listener.getsockname()[:2]
    return f"smtp://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def taking(listener: socket.socket, post: Postbox) -> Iterator[str]:
    """Take mails there, in a thread of its own, until the block ends. Yields where, as a URL."""
    # Connections have it from here: an answer in several pieces does not wait for a confirmation.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    loop, ended = asyncio.new_event_loop(), asyncio.Event()
    thread = Thread(target=loop.run_until_complete, args=[_serve(listener, post, ended)])
    thread.start()
    try:
        yield taken_at(listener)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


async def _serve(listener: socket.socket, post: Postbox, ended: asyncio.Event) -> None:
    loop, taker = asyncio.get_running_loop(), _Taker(post)

    def session() -> SMTP:
        return SMTP(
            taker,
            data_size_limit=_MOST_BYTES,
            enable_SMTPUTF8=True,
            hostname=SERVER,
            loop=loop,
        )

    server = await loop.create_server(session, sock=listener)
    await ended.wait()
    server.close()
    begun = asyncio.all_tasks() - {asyncio.current_task()}
    for each in begun:
        each.cancel()
    await asyncio.gather(*begun, return_exceptions=True)
    await loop.shutdown_default_executor()  # what is being taken is taken


class _Taker:
    """What aiosmtpd asks once a mail is whole."""

    def __init__(self, post: Postbox) -> None:
        self._post = post

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002 -- its name for it
        told = (envelope.mail_from, envelope.rcpt_tos, envelope.content)
        # A calendar may be locked for a while: other mails are taken meanwhile.
        await asyncio.get_running_loop().run_in_executor(None, self._post.take, *told)
        return "250 OK"
