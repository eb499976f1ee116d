#!/usr/bin/env python3
"""How fast springtide is, on this machine: `python3 tasks.py bench`.

Speed lives here and never in a timed test: machines differ, and a slow one is not a defect.
Each figure says how many runs it comes from; quote medians.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.headerregistry import Address
from functools import partial
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd

from springtide import load_pack
from springtide.alerts.channels import Channel
from springtide.alerts.channels.smtp import Security, Server, SmtpChannel
from springtide.alerts.letters.letter import Letter
from springtide.alerts.previewing import previewed
from springtide.alerts.sending.sender import send_due
from springtide.batch.cells import Board
from springtide.batch.robustness import robustness
from springtide.engines import columnar
from springtide.evidence import read_evidence
from springtide.evidence.records import EvidenceSet, Response
from springtide.evidence.writing.contents import Contents, Figures
from springtide.evidence.writing.workbook import write_workbook
from springtide.history.recording import Filing, record
from springtide.history.store.opening import open_store
from springtide.logic.facts import Team
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter
from springtide.reports.explanation import plain
from springtide.rulepack.examples import latest_quarter
from springtide.what_if.assumptions import assumptions
from springtide.what_if.clearing import clear
from springtide.what_if.sweeps import grid, parse_over, sweep
from springtide.what_if.tipping import tipping

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from alerts.outboxes import Clock, Told, file_quarter, message, one_each, queue
from history.quarters import filing, quarters_of, written
from what_if.counties import QUARTER
from what_if.counties import county as county_near_thresholds

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TARGETS = {(200, 81): 1.0, (200, 41, 41): 5.0}  # seconds, by teams and steps: what the what-ifs were promised to stay under
ANSWERS = ("always", "usually", "sometimes", "rarely", "never", "don't know")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each figure (default 5)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="team-quarters for the columnar engine")
    parser.add_argument("--teams", type=int, default=200, help="teams of the county scored in a cold process")
    parser.add_argument("--only", choices=("county", "columnar", "assurance", "workbooks", "history", "what-if", "alerts"), default=None, help="one of the benchmarks")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    benchmarks: dict[str, Callable[[], list[dict[str, object]]]] = {
        "county": lambda: county(options.teams, options.runs),
        "columnar": lambda: [columnar_rate(options.rows, options.runs)],
        "assurance": lambda: assurance(options.runs),
        "workbooks": lambda: workbooks(options.teams, options.runs),
        "history": lambda: history(options.runs),
        "what-if": lambda: what_ifs(options.runs),
        "alerts": lambda: alerts(options.runs),
    }
    figures = [figure for name, measure in benchmarks.items() if options.only in (None, name) for figure in measure()]
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for figure in figures:
        target = f"; target under {figure['target']:g} {figure['unit']}: {'met' if figure['met'] else 'NOT MET'}" if "target" in figure else ""
        print(f"{figure['what']}: median {figure['median']:,} {figure['unit']} (least {figure['least']:,}, most {figure['most']:,}, {figure['runs']} runs){target}")


def county(teams: int, runs: int) -> list[dict[str, object]]:
    """A whole process, cold: 48 questions, three respondents a team, both engines."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        write_county(Path(folder), teams)
        for engine in ("both", "columnar"):
            command = [sys.executable, "-m", "springtide", "score", folder, "--quarter", "2008/09 Q4", "--engine", engine]
            seconds = timed(lambda command=command: subprocess.run(command, check=True, capture_output=True), runs)
            figures.append(figure(f"score {teams} teams x 48 questions x 3 respondents, cold process, engine {engine}", "s", seconds, 2))
    return figures


def workbooks(teams: int, runs: int) -> list[dict[str, object]]:
    """A folder with a workbook of each team, filled in, each with the list of all teams; read, and scored in a cold process."""
    pack, quarter, rng = load_pack("kent-2009"), Quarter(2008, 4), Random(1)
    listed = tuple(Team(f"T{number:03d}", f"Team {number}", "", "Kent") for number in range(teams))
    with tempfile.TemporaryDirectory() as folder:
        for team in listed:
            answers = tuple(
                Response(f"{team.id}-{number}", team.id, quarter, None, "manager", {q: rng.choice(ANSWERS) for q in pack.questions}) for number in range(3)
            )
            figures_of_team = Figures(team.id, quarter, {f.id: 1.0 for f in pack.figures.values() if f.table == "workforce"})
            write_workbook(Path(folder) / f"{team.id}.xlsx", pack, Contents(listed, answers, (figures_of_team,), ()))
        read = timed(lambda: read_evidence(folder, pack, processes=2), runs)
        command = [sys.executable, "-m", "springtide", "score", folder, "--engine", "columnar"]
        scored = timed(lambda: subprocess.run(command, check=True, capture_output=True), runs)
    what = f"{teams} workbooks of one team each, with the list of all, on two processes"
    return [figure(f"read {what}", "s", read, 2), figure(f"read and score {what}, cold process, engine columnar", "s", scored, 2)]


def history(runs: int) -> list[dict[str, object]]:
    """Cold processes on a store of sixty teams: with 5 quarters filed, and with 40. The cost must not grow with their number."""
    pack, teams, filed = load_pack("kent-2009"), 60, (5, 40)
    county = list(quarters_of(pack, "bench", quarters=max(filed) + 1, teams=teams))
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "store.sqlite"
        store = open_store(str(whole), make=True)
        for number, evidence in enumerate(county[: max(filed)], 1):
            record(store, filing(pack, evidence), plain)
            if number in filed:
                shutil.copy(whole, Path(folder) / f"{number}.sqlite")
        for number in filed:
            at = Path(folder) / f"{number}.sqlite"
            latest, before, first, after = (str(*county[place].quarters) for place in (number - 1, number - 2, 0, number))
            written(Path(folder) / f"next-{number}", pack, county[number])
            commands = {
                "history T001": ["history", "T001"], "history of the county": ["history"], "compare neighbours": ["compare", before, latest],
                "compare first and latest": ["compare", first, latest], "verify": ["verify"],
                "record the next": ["record", str(Path(folder) / f"next-{number}"), "--quarter", after],
            }  # fmt: skip
            for what, words in commands.items():
                copy = Path(folder) / "copy.sqlite"

                def cold(words: list[str] = words, copy: Path = copy, at: Path = at) -> float:
                    shutil.copy(at, copy)
                    start = time.perf_counter()
                    subprocess.run([sys.executable, "-m", "springtide", *words, "--store", str(copy)], check=True, capture_output=True)
                    return time.perf_counter() - start

                cold()
                figures.append(figure(f"{what}, {teams} teams, {number} quarters filed, cold process", "s", [cold() for _ in range(runs)], 2))
    return figures


def what_ifs(runs: int) -> list[dict[str, object]]:
    """Sweeps, grids and lists of a county in memory, after loading, and how they grow with teams and steps."""
    pack = load_pack("kent-2009")
    found = []
    for teams in (50, 100, 200, 400):
        evidence = in_one_county(pack, teams)

        def board(evidence: EvidenceSet = evidence) -> Board:
            return Board(pack, evidence, QUARTER)  # nothing that an earlier run found is left in it

        def one(steps: int, board: Callable[[], Board] = board) -> None:
            sweep(board(), parse_over(f"vacant_posts=+0:+{(steps - 1) / 10:g}:0.1", pack))

        def two(steps: int, board: Callable[[], Board] = board) -> None:
            vacancies, cases = f"vacant_posts=+0:+{(steps - 1) / 10:g}:0.1", f"cases_registered=+0:+{steps - 1}"
            grid(board(), parse_over(vacancies, pack), parse_over(cases, pack))

        for steps in (21, 41, 81, 161) if teams == 200 else (81,):
            seconds = timed(lambda one=one, steps=steps: one(steps), runs)
            found.append(against(figure(f"{teams} teams x {steps} steps of vacancies, every turn solved", "s", seconds, 3), TARGETS.get((teams, steps))))
        for steps in (21, 41, 81) if teams == 200 else (41,):
            seconds = timed(lambda two=two, steps=steps: two(steps), runs)
            found.append(against(figure(f"{teams} teams x {steps} x {steps} steps of vacancies and cases", "s", seconds, 3), TARGETS.get((teams, steps, steps))))
        if teams == 200:
            held = board()
            found += [figure(f"200 teams, {job.__name__.replace('_', ' ')}", "s", timed(partial(job, held), runs), 3) for job in (tipping, clear_all, robustness, assumptions)]
    return found


def against(figure: dict[str, object], target: float | None) -> dict[str, object]:
    """A figure beside what it should stay under, where that was promised, and whether its median does."""
    return figure if target is None else figure | {"target": target, "met": float(str(figure["median"])) < target}


def alerts(runs: int) -> list[dict[str, object]]:
    """Ten thousand messages queued in a new store in a file, and sent: to a mail server in a process of its own, and to a channel that only takes them."""
    made = letters()
    messages = [replace(message(number), letter=made[number % len(made)]) for number in range(10_000)]
    figures = []
    with mail_process() as server:
        ways: dict[str, Callable[[], Channel]] = {"a local mail server": lambda: SmtpChannel(server, Address("Alerts", "alerts", "anyshire.example")), "a channel that only takes them": Told}
        for where, opened in ways.items():
            queueing, sending = [], []
            for _ in range(runs):
                with tempfile.TemporaryDirectory() as folder:
                    store = open_store(str(Path(folder) / "store.sqlite"), make=True)
                    with store.writing() as connection:
                        file_quarter(connection)
                    start = time.perf_counter()
                    queue(store, messages)
                    queued = time.perf_counter()
                    channel = opened()
                    report = send_due(store, one_each, channel, Clock())
                    channel.close()
                    sending.append(time.perf_counter() - queued)
                    queueing.append(queued - start)
                    assert report.sent == len(messages) and not report.stopped
            both = [one + other for one, other in zip(queueing, sending, strict=True)]
            target = " (target: under 60)" if where == "a local mail server" else ""
            measured = {"queue": queueing, "send": sending, f"queue and send{target}": both}
            figures += [figure(f"{what} 10,000 messages, store in a file, {where}", "s", seconds, 2) for what, seconds in measured.items()]
    return figures


def letters() -> list[Letter]:
    """Letters of the length that real ones have: those of the shipped example's newest quarter."""
    pack = load_pack("kent-2009")
    evidence = read_evidence(EXAMPLES / "ten-quarters", pack)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "store.sqlite"), make=True)
        quarter = evidence.quarters[-1]
        record(store, Filing(pack, "kent-2009", evidence, quarter, "bench", Clock().now, engine="columnar"), plain)
        return [one.letter for one in previewed(store, quarter, Clock().now).letters]


@contextmanager
def mail_process() -> Iterator[Server]:
    """A mail server in a process of its own, without encryption, as on a council's own computer."""
    script = Path(__file__).resolve().parents[1] / "alerts" / "mail_process.py"
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen([sys.executable, str(script), f"{folder}/arrived"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Server("localhost", int(process.stdout.readline()), Security.NONE)
        finally:
            process.terminate()


def clear_all(board: Board) -> None:
    """The least costly ways for every team that is flagged."""
    for team in board.teams:
        clear(board, team)


def in_one_county(pack: RulePack, teams: int) -> EvidenceSet:
    """Teams near the thresholds, in one county."""
    made = county_near_thresholds(pack, "bench", teams)
    return replace(made, teams=tuple(replace(team, county="Bench") for team in made.teams))


def columnar_rate(rows: int, runs: int) -> dict[str, object]:
    """The columnar engine alone over workforce evidence, a frame of many teams and quarters."""
    pack = load_pack("kent-2009")
    thresholds = pack.values(latest_quarter(pack))
    frame = workforce(rows)
    rates = [rows / seconds for seconds in timed(lambda: columnar.rate(frame, pack, thresholds), runs)]
    return figure(f"columnar engine alone, {rows:,} team-quarters of workforce evidence", "team-quarters/s", rates, -3)


def assurance(runs: int) -> list[dict[str, object]]:
    """Whole processes, cold, one after another: what a council runs on each change of its rules."""

    def commands(*names: str) -> None:
        for pack in ("kent-2009", "england"):
            for name in names:
                subprocess.run([sys.executable, "-m", "springtide", "rules", name, pack], check=True, capture_output=True)

    figures = []
    for names in (("check", "test", "coverage", "prove"), ("mutate",)):
        seconds = timed(lambda names=names: commands(*names), runs)
        figures.append(figure(f"rules {', '.join(names)} of both shipped packs, cold processes one after another", "s", seconds, 2))
    return figures


def timed(job: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each counted run, after one that warms the disk's and the allocator's memory."""
    job()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return seconds


def figure(what: str, unit: str, values: list[float], digits: int) -> dict[str, object]:
    shown = {"median": statistics.median(values), "least": min(values), "most": max(values)}
    rounded = {name: int(round(v, digits)) if digits <= 0 else round(v, digits) for name, v in shown.items()}
    return {"what": what, "unit": unit, **rounded, "runs": len(values)}


def workforce(rows: int) -> pd.DataFrame:
    """Team-quarters with the figures that teams give each quarter, one in twenty of them missing."""
    rng = np.random.default_rng(2009)
    quarters = 20
    teams = -(-rows // quarters)
    established = rng.integers(4, 16, rows).astype(float)
    vacant = np.minimum(rng.integers(0, 5, rows), established)
    figures = {
        "established_posts": established, "vacant_posts": vacant, "in_post_fte": established - vacant,
        "agency_fte": rng.integers(0, 3, rows).astype(float), "leavers_12_months_fte": rng.integers(0, 3, rows).astype(float),
        "fte_unavailable": rng.integers(0, 3, rows).astype(float), "case_holders_fte": np.maximum(established - vacant, 1),
        "cases_worked": rng.integers(60, 200, rows).astype(float), "highest_caseload": rng.integers(12, 35, rows).astype(float),
        "complex_cases_in_crisis": rng.integers(0, 6, rows).astype(float), "referrals": rng.integers(20, 90, rows).astype(float),
        "usual_referrals": rng.integers(30, 60, rows).astype(float), "supervision_sessions_due": np.full(rows, 20.0),
        "supervision_sessions_held": rng.integers(8, 20, rows).astype(float),
    }  # fmt: skip
    for values in figures.values():
        values[rng.random(rows) < 0.05] = np.nan
    number = np.arange(rows)
    names = {columnar.TEAM: number % teams, columnar.COUNTY: (number % teams) % 10, columnar.QUARTER: number // teams}
    return pd.DataFrame(names | figures)


def write_county(folder: Path, teams: int) -> None:
    """A county of invented returns, the same every time."""
    rng, quarter = Random(2009), str(Quarter(2008, 4))
    ids = [f"T{n:03}" for n in range(teams)]
    write(folder / "teams.csv", ["team_id", "team_name", "district", "county"], ([t, f"Team {t}", f"District {n % 12}", "Kent"] for n, t in enumerate(ids)))
    questions = [f"q{n}" for n in range(1, 49)]
    responses = (
        [f"{t}-{n}", t, quarter, "2009-02-01", role, *rng.choices(ANSWERS, [4, 5, 3, 2, 1, 1], k=48)]
        for t in ids
        for n, role in enumerate(("manager", "practitioner", "collective"))
    )
    write(folder / "responses.csv", ["response_id", "team_id", "quarter", "completed_on", "respondent", *questions], responses)
    frame = workforce(teams).drop(columns=[columnar.TEAM, columnar.COUNTY, columnar.QUARTER])
    rows = ([t, quarter, *("" if np.isnan(v) else f"{v:g}" for v in row)] for t, row in zip(ids, frame.to_numpy(), strict=True))
    write(folder / "workforce.csv", ["team_id", "quarter", *frame.columns], rows)


def write(path: Path, header: list[str], rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    main()
