"""The one way to a directory: a file in, whichever kind it is."""

from __future__ import annotations

from pathlib import Path

from ...problems import DirectoryError, DirectoryProblem
from ..directory import Directory
from .checks import checked
from .csv_file import read_csv
from .yaml_file import read_yaml_file


def read_directory(path: Path) -> Directory:
    """Read `managers.yaml`, or a CSV file with a row a post.

    Raises:
        DirectoryError: with every mistake found.
    """
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        return checked(read_yaml_file(path))
    if suffix == ".csv":
        return checked(read_csv(path))
    raise DirectoryError([DirectoryProblem(str(path), 1, "this file is not read as a directory", "give managers.yaml or a CSV file")])
