"""A process that serves, for `benchmarks/service.py`: `bare|ours HOME`; prints its port."""

import sys
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent.parent))

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from waitress.server import create_server

from services.app import create_app
from services.config import Settings
from services.flow import proof
from services.storage import groups, tokens
from services.wiring import Runtime


def bare(runtime: Runtime) -> Flask:
    """The peer: who asks, one SELECT, a few words of JSON; no rights, limits, headers or schema."""
    app = Flask("bare")

    @app.get("/groups/<uuid:group_id>")
    def show(group_id: UUID) -> ResponseReturnValue:
        secret = request.headers["Authorization"].removeprefix("Bearer ")
        with runtime.reading() as work:
            token = tokens.by_hash(work, proof.hashed(secret))
            assert token is not None
            row = groups.standing(work, group_id, token.person_id)
            assert row is not None
            group = row[0]
            return jsonify(id=str(group.id), title=group.title, rules=group.rules)

    return app


def main() -> None:
    """Serve until killed."""
    runtime = Runtime.of(Settings(home=Path(sys.argv[2])))
    app = bare(runtime) if sys.argv[1] == "bare" else create_app(runtime)
    server = create_server(app, host="127.0.0.1", port=0, threads=1)
    print(server.effective_port, flush=True)
    server.run()


main()
