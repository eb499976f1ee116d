"""durable-rules is held so that nothing it does can pass unnoticed."""

from __future__ import annotations

import builtins

import pytest
from conftest import needs_forward_chaining

from springtide.engines import forward_chaining as fc
from springtide.engines.clauses import Clause, Stage
from springtide.logic.truth import Truth


def stage(name: str, *clauses: tuple[str, tuple[str, ...]]) -> Stage:
    return Stage(name, tuple(Clause(c, a) for c, a in clauses), (), (), {})


CHAIN = (("b:met", ("a:met",)), ("c:met", ("b:met", "x:met")), ("d:met", ("c:met",)), ("d:met", ("a:met",)))


@needs_forward_chaining
def test_chains_joins_and_second_derivations() -> None:
    chainer = fc.Chainer(stage("chain", *CHAIN))
    assert set(chainer.derive("T1", ["a:met"]).known) == {"always:met", "a:met", "b:met", "d:met"}
    assert "c:met" in chainer.derive("T1", ["a:met", "x:met"])
    chainer.close()


@needs_forward_chaining
def test_runs_share_nothing() -> None:
    chainer = fc.Chainer(stage("shared", *CHAIN))
    for _ in range(50):
        assert "d:met" in chainer.derive("T1", ["a:met", "x:met"])
        assert "d:met" not in chainer.derive("T2", ["x:met"])
    chainer.close()


@needs_forward_chaining
def test_it_says_why_it_knows() -> None:
    chainer = fc.Chainer(stage("why", *CHAIN))
    assert chainer.derive("T1", ["a:met", "x:met"]).known["c:met"] == ("b:met", "x:met")
    chainer.close()


@needs_forward_chaining
@pytest.mark.parametrize("fault", [ValueError("no"), KeyboardInterrupt(), SystemExit(1)])
def test_a_fault_inside_an_action_is_raised_and_not_swallowed(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    chainer = fc.Chainer(stage(f"fault-{type(fault).__name__}", *CHAIN))
    honest = chainer._assert

    def failing(put, symbol, because):
        if symbol == "b:met":
            raise fault
        honest(put, symbol, because)

    monkeypatch.setattr(chainer, "_assert", failing)
    with pytest.raises(fc.ForwardChainingError, match="team"):
        chainer.derive("T1", ["a:met"])
    monkeypatch.undo()
    assert "b:met" in chainer.derive("T1", ["a:met"])
    chainer.close()


@needs_forward_chaining
def test_a_fact_that_gets_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    chainer = fc.Chainer(stage("lost", *CHAIN))
    whole = chainer._host.get_facts
    monkeypatch.setattr(chainer._host, "get_facts", lambda *where: whole(*where)[1:])
    with pytest.raises(fc.ForwardChainingError, match="the facts stored are not those asserted"):
        chainer.derive("T1", ["a:met"])
    chainer.close()


@needs_forward_chaining
def test_odd_names_do_no_harm() -> None:
    odd = 'Ünï "quoted" \\ back: slash; {brace}'
    chainer = fc.Chainer(stage("odd", ("out:met", (f"{odd}:met",))))
    assert "out:met" in chainer.derive("T1", [f"{odd}:met"])
    chainer.close()


@pytest.mark.parametrize(
    ("clauses", "message"),
    [
        ([Clause("b:met", (f"a{n}:met",)) for n in range(4001)], "4001 clauses"),
        ([Clause(f"b{n}:met", ("a:met",)) for n in range(201)], "is read by 201 clauses"),
        ([Clause(f"b{n}:met", (f"a{n}:met",)) for n in range(501)], "501 findings"),
    ],
)
def test_a_pack_near_the_limits_is_refused_before_it_can_hang(clauses: list[Clause], message: str) -> None:
    with pytest.raises(fc.ForwardChainingError, match=message):
        fc._check_limits(Stage("big", tuple(clauses), (), (), {}))


@needs_forward_chaining
def test_no_thread_is_started() -> None:
    import threading

    before = threading.active_count()
    chainer = fc.Chainer(stage("threads", *CHAIN))
    chainer.derive("T1", ["a:met"])
    assert threading.active_count() == before
    chainer.close()


def test_where_it_cannot_be_had_the_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = builtins.__import__

    def without(name, *rest, **named):
        if name.startswith("durable"):
            raise ImportError("undefined symbol: PyEval_CallObject")
        return honest(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "PyEval_CallObject" in (fc.why_unavailable() or "")


def test_truth_of_symbols() -> None:
    from springtide.engines.clauses import symbols_of, truth_from

    for truth in Truth:
        assert truth_from("x", set(symbols_of("x", truth))) is truth
    with pytest.raises(ValueError, match="met but not as possible"):
        truth_from("x", {"x:met"})
