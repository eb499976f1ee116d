"""A folder of .eml files: needs no server, and any mail program opens them."""

from __future__ import annotations

import os
from contextlib import suppress
from email.headerregistry import Address
from pathlib import Path

from ..problems import ChannelDown
from . import Parcel
from .mail import as_email


class FolderChannel:
    """Each message becomes a file named after its id: a second try replaces the first, and is not a second message."""

    name = "folder"

    def __init__(self, folder: Path, sender: Address):
        self._folder = folder
        self._sender = sender

    def send(self, parcel: Parcel) -> str:
        """Gives the file's name. Raises: NotSent; ChannelDown when the folder can't be written, as on a full disk."""
        content = as_email(parcel, self._sender).as_bytes()
        file = self._folder / f"{parcel.id}.eml"
        begun = self._folder / f".{parcel.id}.{os.getpid()}.part"
        trouble = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with begun.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())  # it must be there before the outbox says that it is
            begun.replace(file)
        except OSError as error:
            trouble = error.strerror or "it can't be written"
            with suppress(OSError):
                begun.unlink()
        if trouble:
            raise ChannelDown(f"the folder {self._folder} can't be written: {trouble}")
        return file.name

    def close(self) -> None:
        """Nothing is held open."""
