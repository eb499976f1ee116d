"""A group whose commands are loaded when they are asked for, so that no command waits for what another needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any

import click


class Lazily(click.Group):
    """`places` says of each command in which module of this package it is, and there under which name."""

    def __init__(self, *args: Any, places: Mapping[str, str], **settings: Any):
        super().__init__(*args, **settings)
        self.commands = _Loading(places)


class _Loading(MutableMapping[str, click.Command]):
    def __init__(self, places: Mapping[str, str]):
        self._places = dict(places)
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, attribute = self._places[name].split(":")
            self._loaded[name] = getattr(import_module(f".{module}", __package__), attribute)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._places[name] = ""
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
