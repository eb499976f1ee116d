"""What `rules check` may find: every code, and one finding with the team that shows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..witness import Shown

CODES = {
    "L101": "never holds",
    "L102": "always holds",
    "L103": "a part that changes nothing",
    "L104": "a comparison that hides another",
    "L105": "two rules that say the same",
    "L201": "a rule that never decides a level",
    "L202": "severe without being present",
    "L203": "no step between none and severe",
    "L204": "a level that nobody can reach",
    "L205": "one fact counted as county-wide and as local",
    "L206": "worse evidence makes it hold less",
    "L207": "a notice that worse evidence may end, without a reason",
    "L208": "a reason for what never happens",
    "L209": "fewer points for severe than for present",
    "L301": "a measure or figure that nothing reads",
    "L302": "a question that nothing reads",
    "L303": "a threshold that nothing reads",
    "L304": "a threshold that looks like a slip of units",
    "L305": "a measure whose direction contradicts its figures",
    "L401": "no advice for the manager",
    "L402": "wording that says \"unsafe\"",
    "L403": "wording that names a person",
    "L404": "wording that predicts or blames",
    "L405": "words still to be written",
    "L501": "one of the four examples is lacking",
    "L502": "two examples that give the same",
    "L503": "a paragraph cited twice",
    "L901": "silenced for nothing",
}


@dataclass(frozen=True)
class Finding:
    """One finding: its code, what it is of, where that stands, what is wrong, and the teams that show it.

    `silenced_because` is the pack's own reason for meaning it so.
    """

    code: str
    of: str
    at: str
    says: str
    teams: tuple[Shown, ...] = field(default=())
    silenced_because: str = ""

    @property
    def title(self) -> str:
        return CODES[self.code]
