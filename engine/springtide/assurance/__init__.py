"""What a rules owner can rely on without writing Python: coverage, mutants, findings, proofs, differences, a start.

    diagrams     functions of many inputs, held whole and compared exactly
    inputs       what rules read, cut by their thresholds into cells
    directions   which way a measure moves as a figure gets worse
    compiling    conditions, and the whole pack, as diagrams
    steps        worse evidence one step at a time, and where a function falls
    witness      a combination of cells as a team, in the words of examples
    realising    the same in figures that a council could have sent
    trees        conditions with one part changed

and on these stand coverage, mutants, lint, proofs, difference and scaffold.
"""
