"""springtide: which teams are under coinciding pressures, why, how sure that is.

The public interface, on one screen:

    pack = springtide.load_pack("kent-2009")                 # rules, or every mistake in them
    evidence = springtide.read_evidence("folder", pack)      # tables, or every bad cell in them
    result = springtide.assess(pack, evidence, springtide.parse_quarter("2008/09 Q4"))
    for team in result.flagged:
        print(team.team.name, team.level, team.could_be, springtide.why(team.facts, team.level))
    answer = springtide.whatif(pack, evidence, "vacant_posts=+2", springtide.parse_quarter("2008/09 Q4"), team="T017")
    springtide.frame(answer)                                 # a pandas frame, before and after
    springtide.try_pack(pack).ordinary().flagged             # what it flags by chance in invented counties
"""

__version__ = "0.1.0"


from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assessment import Assessment, EngineUnavailable, QuarterChoiceError, TeamAssessment, assess
    from .engines.agreement import EnginesDisagree
    from .evidence import EvidenceError, EvidenceSet, read_evidence
    from .logic.county_findings import CountyFinding, county_findings
    from .logic.explain import why, why_could_be, why_not
    from .logic.model import RulePack
    from .logic.quarter import Quarter, parse_quarter
    from .rulepack import PackError, load_pack
    from .trial.county_files import CountyFileError
    from .trial.trying import Trial, try_pack
    from .what_if.asking import assumptions, clear, robustness, sweep, tipping, whatif
    from .what_if.before_after import WhatIf
    from .what_if.frames import frame
    from .what_if.problems import WhatIfError

# Where each name is; it is loaded when it is first asked for, so that a command waits for what it uses and no more.
_PLACES = {
    "assessment": ("Assessment", "EngineUnavailable", "QuarterChoiceError", "TeamAssessment", "assess"),
    "engines.agreement": ("EnginesDisagree",),
    "evidence": ("EvidenceError", "EvidenceSet", "read_evidence"),
    "logic.county_findings": ("CountyFinding", "county_findings"),
    "logic.explain": ("why", "why_could_be", "why_not"),
    "logic.model": ("RulePack",),
    "logic.quarter": ("Quarter", "parse_quarter"),
    "rulepack": ("PackError", "load_pack"),
    "trial.county_files": ("CountyFileError",),
    "trial.trying": ("Trial", "try_pack"),
    "what_if.asking": ("assumptions", "clear", "robustness", "sweep", "tipping", "whatif"),
    "what_if.before_after": ("WhatIf",),
    "what_if.frames": ("frame",),
    "what_if.problems": ("WhatIfError",),
}


def __getattr__(name: str) -> Any:
    for place, held in _PLACES.items():
        if name in held:
            return getattr(import_module(f".{place}", __name__), name)
    raise AttributeError(f"springtide has no '{name}'")


def __dir__() -> list[str]:
    return __all__


__all__ = [
    "Assessment",
    "CountyFileError",
    "CountyFinding",
    "EngineUnavailable",
    "EnginesDisagree",
    "EvidenceError",
    "EvidenceSet",
    "PackError",
    "Quarter",
    "QuarterChoiceError",
    "RulePack",
    "TeamAssessment",
    "Trial",
    "WhatIf",
    "WhatIfError",
    "assess",
    "assumptions",
    "clear",
    "county_findings",
    "frame",
    "load_pack",
    "parse_quarter",
    "read_evidence",
    "robustness",
    "sweep",
    "tipping",
    "try_pack",
    "whatif",
    "why",
    "why_could_be",
    "why_not",
]
