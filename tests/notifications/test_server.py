"""Which SMTP URLs can be used, and what is said about the others."""

import pytest

from notifications.errors import BadChannel
from notifications.server import Server, Tls
from notifications.smtp import parse


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtp://user:pass@mail.example.org:587?starttls=1",
            Server("mail.example.org", 587, Tls.STARTTLS, "user", "pass"),
        ),
        (
            "smtp://user:pass@mail.example.org",
            Server("mail.example.org", 587, Tls.STARTTLS, "user", "pass"),
        ),
        (
            "smtps://user:pass@mail.example.org",
            Server("mail.example.org", 465, Tls.AT_ONCE, "user", "pass"),
        ),
        (
            "SMTPS://me%40example.org:p%40s%2Fs%3A%25%20@Mail.Example.org:4650/",
            Server("mail.example.org", 4650, Tls.AT_ONCE, "me@example.org", "p@s/s:% "),
        ),
        ("smtp://localhost:25", Server("localhost", 25, Tls.NEVER)),
        ("smtp://localhost", Server("localhost", 25, Tls.NEVER)),
        ("smtp://localhost:25?starttls=1", Server("localhost", 25, Tls.STARTTLS)),
        ("smtp://me:it@127.0.0.1:1025", Server("127.0.0.1", 1025, Tls.NEVER, "me", "it")),
        ("smtp://[::1]:1025", Server("::1", 1025, Tls.NEVER)),
        ("smtp://[2001:db8::1]", Server("2001:db8::1", 587, Tls.STARTTLS)),
        ("smtp://mailpit:1025?starttls=0", Server("mailpit", 1025, Tls.NEVER)),
    ],
)
def test_these_can_be_used(url: str, server: Server) -> None:
    assert parse(url) == server


BAD = [
    ("", "does not begin with smtp:// or smtps://"),
    ("mail.example.org", "does not begin with smtp:// or smtps://"),
    ("https://u:HUSH@mail.example.org", "does not begin with smtp:// or smtps://"),
    ("HUSH:587", "does not begin with smtp:// or smtps://"),
    ("smtp:mail.example.org", "does not begin with smtp:// or smtps://"),
    ("smtp://", "has no host"),
    ("smtp://u:HUSH@", "has no host"),
    ("smtp://u:HUSH@:587", "has no host"),
    ("smtp://u:HUSH@mail..example.org", "has no host"),
    ("smtp://u:HUSH@-mail.example.org", "has no host"),
    ("smtp://u:HUSH@" + "a" * 64 + ".org", "has no host"),
    ("smtp://u:HUSH@[fe80::1%25eth0]", "has no host"),
    ("smtp://u:HUSH@mail.example.org:0", "no port between 1 and 65535"),
    ("smtp://u:HUSH@mail.example.org:65536", "no port between 1 and 65535"),
    ("smtp://u:HUSH@mail.example.org:-1", "no port between 1 and 65535"),
    ("smtp://u:HUSH@mail.example.org:smtp", "no port between 1 and 65535"),
    ("smtp://u:HUSH@[::1", "no port between 1 and 65535"),
    ("smtp://u:HU/SH@mail.example.org", "no port between 1 and 65535"),
    ("smtp://u:HU?SH@mail.example.org", "no port between 1 and 65535"),
    ("smtp://u:HU#SH@mail.example.org", "no port between 1 and 65535"),
    ("smtp://u:1/HUSH@mail.example.org", "something after its host"),
    ("smtp://u:1#HUSH@mail.example.org", "something after its host"),
    ("smtp://u:1?HUSH@mail.example.org", "may have starttls=1 or starttls=0"),
    ("smtp://u:HUSH@mail.example.org/inbox", "something after its host"),
    ("smtp://u:HUSH@mail.example.org?tls=1", "may have starttls=1 or starttls=0"),
    ("smtp://u:HUSH@mail.example.org?starttls=yes", "may have starttls=1 or starttls=0"),
    ("smtp://u:HUSH@mail.example.org?starttls", "may have starttls=1 or starttls=0"),
    ("smtp://u:HUSH@mail.example.org?starttls=1&starttls=0", "may have starttls=1 or"),
    ("smtp://u:HUSH@mail.example.org?starttls=1&debug=HUSH", "may have starttls=1 or"),
    ("smtps://u:HUSH@mail.example.org?starttls=1", "smtps, which is encrypted from the start"),
    ("smtp://HUSH@mail.example.org", "only one of user and password"),
    ("smtp://:HUSH@mail.example.org", "only one of user and password"),
    ("smtp://HUSH:@mail.example.org", "only one of user and password"),
    ("smtp://@mail.example.org", "only one of user and password"),
    ("smtp://u:HUSH@mail.example.org?starttls=0", "would send the password unencrypted"),
    ("smtp://u:HUSH%@mail.example.org", "percent sign"),
    ("smtp://u:HUSH%zz@mail.example.org", "percent sign"),
    ("smtp://u:HUSH%0D%0ARSET@mail.example.org", "beyond printable ASCII"),
    ("smtp://u:HUSH%00@mail.example.org", "beyond printable ASCII"),
    ("smtp://u:HUSH%C3%A9@mail.example.org", "beyond printable ASCII"),
    ("smtp://u:HUSH%FF@mail.example.org", "beyond printable ASCII"),
    ("smtp://u:HUSHé@mail.example.org", "holds a space or another character"),
    ("smtp://u:HUSH @mail.example.org", "holds a space or another character"),
    ("smtp://u:HUSH@mail.example.org\n", "holds a space or another character"),
    ("smtp://u:HUSH@mail\t.example.org", "holds a space or another character"),
    ("smtp://u:HUSH\\@mail.example.org", "holds a space or another character"),
    ("smtp://u:HUSH@bücher.example", "holds a space or another character"),
]


@pytest.mark.parametrize(("url", "sentence"), BAD)
def test_what_cannot_be_used_is_explained_without_repeating_any_of_it(
    url: str, sentence: str
) -> None:
    with pytest.raises(BadChannel, match=sentence) as refusal:
        parse(url)

    said = repr(refusal.value) + str(refusal.value)
    assert "HU" not in said
    assert "SH" not in said.replace("SMTP", "")
    assert refusal.value.__cause__ is None
    assert not refusal.value.what.endswith(".")


def test_user_and_password_are_not_shown() -> None:
    shown = repr(parse("smtp://HUSH1:HUSH2@mail.example.org"))

    assert "HUSH" not in shown
    assert "mail.example.org" in shown
