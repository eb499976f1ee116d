"""A folder of .eml files: whole or not at all, one a message however often it is tried."""

from __future__ import annotations

import email
import email.policy
import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from alerts.channels.parcels import LETTER, parcel

from springtide.alerts.channels.opening import open_channel
from springtide.alerts.problems import ChannelDown


def test_a_message_is_a_file_that_a_mail_program_opens(tmp_path: Path) -> None:
    channel = open_channel("folder", {"SPRINGTIDE_MAIL_FOLDER": str(tmp_path / "out" / "alerts")})
    assert channel.send(parcel()) == "3F1C09AB77E2.eml"
    channel.close()
    message = email.message_from_bytes((tmp_path / "out" / "alerts" / "3F1C09AB77E2.eml").read_bytes(), policy=email.policy.default)
    assert message["Subject"] == LETTER.subject and message["To"] == "Jo Bloggs <jo.bloggs@example.org>"


def test_a_second_try_replaces_the_first(tmp_path: Path) -> None:
    channel = open_channel("folder", {"SPRINGTIDE_MAIL_FOLDER": str(tmp_path)})
    channel.send(parcel())
    channel.send(parcel(replace(LETTER, subject="Said better"), again=True))
    (file,) = tmp_path.iterdir()
    assert b"Subject: Said better" in file.read_bytes()


def test_a_full_disk_leaves_the_first_try_and_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = open_channel("folder", {"SPRINGTIDE_MAIL_FOLDER": str(tmp_path)})
    channel.send(parcel())
    before = (tmp_path / "3F1C09AB77E2.eml").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ChannelDown, match="No space left on device") as caught:
        channel.send(parcel(replace(LETTER, subject="Said better")))
    assert not caught.value.for_good
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == before


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "alerts").write_text("")
    with pytest.raises(ChannelDown, match="can't be written"):
        open_channel("folder", {"SPRINGTIDE_MAIL_FOLDER": str(tmp_path / "alerts")}).send(parcel())
