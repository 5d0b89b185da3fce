"""What is written for containers, as far as it can be tried without an engine.

The image itself is not built here: its steps are carried out in a folder, on this machine's
Python.
"""

import json
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from services.config import Settings
from services.queue import QUEUES
from tests.up.dockerfile import Image, read
from tests.up.running import PATIENCE, ROOT, await_, free_port

DOCKERFILE = ROOT / "services" / "Dockerfile"
COMPOSE = ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The Dockerfile's steps, with our libraries at hand so that few are fetched."""
    folder = tmp_path_factory.mktemp("image")
    venv.create(folder / "venv", with_pip=True)
    paths = sysconfig.get_paths(vars={"base": str(folder / "venv"), "platbase": ""})
    (Path(paths["purelib"]) / "ours.pth").write_text(sysconfig.get_paths()["purelib"])
    (folder / "app").mkdir()
    image = Image(folder / "app", ROOT, folder / "venv" / "bin")
    image.build(DOCKERFILE)
    return image


def test_the_file_is_what_the_compose_specification_allows() -> None:
    words = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]

    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_process_is_checked_or_started_again(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        checked = service.get("healthcheck", {}).get("test") or name == "web"  # by its image
        ends = service["command"] == ["commonhour", "db", "upgrade"] if not checked else False
        assert checked or ends or service["restart"] == "unless-stopped"


def test_what_others_wait_for_is_there(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert services[name]["healthcheck"]["test"]
            assert name in services


def test_every_queue_has_workers_and_they_can_be_many(services: dict[str, dict[str, Any]]) -> None:
    workers = [each for each in services.values() if "worker" in each.get("command", [])]

    assert sorted(queue for each in workers for queue in each["command"][2:]) == sorted(QUEUES)
    assert not [each for each in workers if "ports" in each or "container_name" in each]


def test_redis_drops_nothing_and_forgets_nothing(services: dict[str, dict[str, Any]]) -> None:
    words = services["redis"]["command"]

    assert words[words.index("--maxmemory-policy") + 1] == "noeviction"
    assert words[words.index("--appendonly") + 1] == "yes"
    assert services["redis"]["volumes"]


def test_no_secret_has_a_default_and_every_setting_is_explained() -> None:
    text, example = COMPOSE.read_text(), (ROOT / ".env.example").read_text()

    for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "TOKEN_KEYS", "SMTP_URL"):
        full = name if name.startswith("POSTGRES") else f"COMMONHOUR_{name}"
        assert f"${{{full}:?" in text
        assert f"\n{full}=\n" in example
    assert _asked_for(text) == _asked_for(example)


def _asked_for(text: str) -> set[str]:
    return set(
        re.findall(r"(?:\$\{|^)((?:COMMONHOUR|POSTGRES)_[A-Z_]+)(?=[:=])", text, re.MULTILINE)
    )


def test_filled_in_the_settings_are_taken(services: dict[str, dict[str, Any]]) -> None:
    filled = {
        "POSTGRES_PASSWORD": "3f5d9c",
        "COMMONHOUR_SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789",
        "COMMONHOUR_TOKEN_KEYS": "q" * 43 + "=",
        "COMMONHOUR_SMTP_URL": "smtp://mail.example.org:587?starttls=1",
    }
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(each.split("=", 1) for each in lines if "=" in each and each[0] != "#") | filled

    settings = Settings.from_env(
        {name: _filled(str(text), given) for name, text in services["web"]["environment"].items()}
    )

    assert settings.address == "https://commonhour.example.org"
    assert settings.database_url == "postgresql+psycopg://commonhour:3f5d9c@postgres/commonhour"


def _filled(text: str, given: dict[str, str]) -> str:
    return re.sub(
        r"\$\{(\w+):([?-])([^}]*)\}",
        lambda found: given.get(found[1]) or (found[3] if found[2] == "-" else ""),
        text,
    )


def test_the_image_runs_as_nobody_in_particular() -> None:
    words = [each.word for each in read(DOCKERFILE)]

    (user,) = [each.rest for each in read(DOCKERFILE) if each.word == "USER"]
    assert user.partition(":")[0].isdecimal()
    assert user != "0"
    assert words.index("USER") < words.index("CMD")


def test_the_image_holds_only_what_it_is_made_of() -> None:
    kept = {
        each[1:] for each in (ROOT / ".dockerignore").read_text().splitlines() if each[:1] == "!"
    }

    copied = {
        source
        for each in read(DOCKERFILE)
        if each.word == "COPY"
        for source in each.rest.split()[:-1]
    }
    assert copied == kept


@pytest.fixture
def serving(image: Image, tmp_path: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The image's command, on SQLite in a fresh home folder."""
    port = free_port()
    env = image.environment | {
        "COMMONHOUR_HOME": str(tmp_path / "home"),
        "COMMONHOUR_LISTEN": f"127.0.0.1:{port}",
    }
    subprocess.run(
        image.here("commonhour db upgrade").split(), cwd=image.folder, env=env, check=True
    )
    with subprocess.Popen(image.only("CMD").words, cwd=image.folder, env=env) as process:
        yield process, port
        process.kill()


@pytest.mark.xdist_group("image")
def test_what_the_image_runs_answers_is_found_healthy_and_ends(
    image: Image, serving: tuple["subprocess.Popen[bytes]", int]
) -> None:
    process, port = serving

    def healthy() -> bool:
        words = [each.replace("8000", str(port)) for each in image.only("HEALTHCHECK").words]
        check = subprocess.run(words, env=image.environment, capture_output=True, check=False)
        return check.returncode == 0

    await_(healthy, "a healthy answer")
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/healthz")
    assert json.loads(connection.getresponse().read())["status"] == "ok"
    connection.close()
    process.terminate()
    assert process.wait(PATIENCE) == 0
