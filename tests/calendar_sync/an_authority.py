"""An authority that signs people in as Microsoft's does: https, and what it says is scripted."""

import json
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import trustme

from calendar_sync.outlook.where import Where
from tests.serving import answering

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
WORK, OWN = "6d0b8d3a-7a3c-4f0e-9d2b-2f1f0d7c1a11", "9188040d-6c67-4c5b-b112-36a304b66dad"
ADA, BOB = "0f0e0d0c-0b0a-4908-8706-050403020100", "11111111-2222-4333-8444-555555555555"
CLIENT, SECRET = "7c0a3d5e-1f2b-4c6d-8e9f-0a1b2c3d4e5f", "quiet"

Json = dict[str, Any]


@dataclass
class Said:
    """An answer at the token endpoint."""

    body: Any
    status: int = 200
    headers: Json = field(default_factory=dict)


@dataclass
class Authority:
    """Answers what `script` holds, in its order, and keeps what it was asked.

    described  how it describes itself; a changed one is seen by those who ask anew
    """

    ca_file: Path
    origin: str = ""
    tenant: str = "common"
    described: Json = field(default_factory=dict)
    status: int = 200
    script: list[Said] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    looks: int = 0

    def where(self, **changes: Any) -> Where:
        usual = {"client_id": CLIENT, "client_secret": SECRET, "ca_file": self.ca_file}
        return Where(**{"authority": f"{self.origin}/{self.tenant}", **usual, **changes})

    def describes(self) -> Json:
        usual = {
            "issuer": f"{self.origin}/{{tenantid}}/v2.0",
            "authorization_endpoint": f"{self.origin}/{self.tenant}/oauth2/v2.0/authorize",
            "token_endpoint": f"{self.origin}/{self.tenant}/oauth2/v2.0/token",
        }
        return {**usual, **self.described}

    def claims(self, tenant: str = WORK, **changes: Any) -> Json:
        usual = {
            "iss": f"{self.origin}/{tenant}/v2.0",
            "aud": CLIENT,
            "tid": tenant,
            "oid": ADA,
            "sub": "of this client alone",
            "exp": NOW.timestamp() + 3600,
            "nbf": NOW.timestamp() - 300,
            "preferred_username": "ada@example.org",
            "ver": "2.0",
        }
        return without({**usual, **changes})

    def tokens(self, claims: Json | None = None, /, *, alg: str = "RS256", **changes: Any) -> Json:
        """What comes for a code or a renewal of the one of these claims."""
        said = self.claims() if claims is None else claims
        info = {"uid": said.get("oid"), "utid": said.get("tid")}
        usual = {
            "token_type": "Bearer",
            "scope": "openid profile https://graph.microsoft.com/Calendars.ReadBasic",
            "expires_in": 3599,
            "access_token": "ACCESS",
            "refresh_token": "RENEWAL",
            "id_token": f"{part({'alg': alg, 'typ': 'JWT'})}.{part(said)}.signature",
            "client_info": part(info),
        }
        return without({**usual, **changes})


def without(said: Json) -> Json:
    """All that is not None."""
    return {name: each for name, each in said.items() if each is not None}


def part(said: Any) -> str:
    """A part of a token."""
    return urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


@contextmanager
def an_authority(folder: Path) -> Iterator[Authority]:
    """Run one."""
    ca = trustme.CA()
    found = Authority(folder / "ca.pem")
    ca.cert_pem.write_to_path(found.ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.authority = found
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found.origin = f"https://127.0.0.1:{server.server_address[1]}"
    with answering(server):
        yield found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    authority: Authority


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.authority.looks += 1
        self._say(Said(self.server.authority.describes(), self.server.authority.status))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.authority.asked.append(dict(parse_qsl(body)))
        self._say(self.server.authority.script.pop(0))

    def _say(self, said: Said) -> None:
        body = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
        self.send_response_only(said.status)
        for name, value in {**said.headers, "Content-Length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
