"""A Dockerfile's instructions, and its steps carried out in a folder instead of an image."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word, and the rest of its line."""

    word: str
    rest: str

    @property
    def words(self) -> list[str]:
        """The rest as a command, if it is written as a list."""
        start = self.rest.find("[")
        return [str(each) for each in json.loads(self.rest[start:])]


def read(file: Path) -> list[Instruction]:
    """Read a Dockerfile; continued lines are one."""
    lines = [each for each in file.read_text().splitlines() if not each.lstrip().startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    parts = [each.partition(" ") for each in whole.splitlines() if each.strip()]
    return [Instruction(word, rest.strip()) for word, _, rest in parts]


class Image:
    """A folder in which a Dockerfile's COPY, ENV and RUN are carried out.

    Paths of the image's own folder become paths below this one; who runs it stays who we are.
    """

    def __init__(self, folder: Path, context: Path, path: Path) -> None:
        self.folder, self.context = folder, context
        self.environment = {"PATH": f"{path}{os.pathsep}{os.defpath}", "HOME": str(folder)}
        self.instructions: list[Instruction] = []
        self._inside = ""

    def build(self, file: Path) -> None:
        """Carry out every step."""
        self.instructions = read(file)
        for each in self.instructions:
            step = getattr(self, f"_{each.word.lower()}", None)
            if step is not None:
                step(each.rest)

    def only(self, word: str) -> Instruction:
        """The one instruction of this kind."""
        (found,) = [each for each in self.instructions if each.word == word]
        return found

    def here(self, text: str) -> str:
        """The same text, with paths of the image turned into paths of this folder."""
        return re.sub(rf"{re.escape(self._inside)}(?=/|$)", str(self.folder), text)

    def _workdir(self, rest: str) -> None:
        self._inside = rest
        self.environment = {k: self.here(v) for k, v in self.environment.items()}

    def _env(self, rest: str) -> None:
        self.environment |= dict(each.split("=", 1) for each in rest.split())

    def _copy(self, rest: str) -> None:
        *sources, target = rest.split()
        for each in sources:
            source, into = self.context / each, self.folder / target
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, into, ignore=ignored, dirs_exist_ok=True)
            else:
                shutil.copy(source, into)

    def _run(self, rest: str) -> None:
        done = subprocess.run(
            ["/bin/sh", "-c", self.here(rest)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"RUN {rest}\n{done.stdout}\n{done.stderr}"
