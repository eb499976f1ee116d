"""springtide: which teams are under coinciding pressures, why, how sure that is.

The public interface, on one screen:

    pack = springtide.load_pack("kent-2009")                 # rules, or every mistake in them
    evidence = springtide.read_evidence("folder", pack)      # tables, or every bad cell in them
    result = springtide.assess(pack, evidence, springtide.parse_quarter("2008/09 Q4"))
    for team in result.flagged:
        print(team.team.name, team.level, team.could_be, springtide.why(team.facts, team.level))
"""

__version__ = "0.1.0"

from .assessment import Assessment, EngineUnavailable, QuarterChoiceError, TeamAssessment, assess
from .engines.agreement import EnginesDisagree
from .evidence import EvidenceError, EvidenceSet, read_evidence
from .logic.county_findings import CountyFinding, county_findings
from .logic.explain import why, why_could_be, why_not
from .logic.model import RulePack
from .logic.quarter import Quarter, parse_quarter
from .rulepack import PackError, load_pack

__all__ = [
    "Assessment",
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
    "assess",
    "county_findings",
    "load_pack",
    "parse_quarter",
    "read_evidence",
    "why",
    "why_could_be",
    "why_not",
]
