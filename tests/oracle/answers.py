"""Which function answers for which feature table."""

from collections.abc import Callable

from . import of_help, of_path, of_place, of_presence, of_road
from .facts import Facts, Row

Answer = Callable[[Facts, Row], Row | None]

ANSWERS: dict[str, Answer] = {
    "pupil_profile": of_road.pupil_profile,
    "kindergarten_entry": of_road.kindergarten_entry,
    "absence_window": of_presence.absence_window,
    "absence_trend": of_presence.absence_trend,
    "absence_pattern": of_presence.absence_pattern,
    "absence_history": of_presence.absence_history,
    "presence_outlook": of_presence.presence_outlook,
    "school_path": of_path.school_path,
    "path_breaks": of_path.path_breaks,
    "track_path": of_path.track_path,
    "decisions": of_road.decisions,
    "deprivation": of_road.deprivation,
    "school_context": of_place.school_context,
    "school_peers": of_place.school_peers,
    "municipality_context": of_place.municipality_context,
    "registration_completeness": of_presence.registration_completeness,
    "sanction_history": of_help.sanction_history,
    "exclusion_absence": of_road.exclusion_absence,
    "support_history": of_help.support_history,
    "childcare_history": of_help.childcare_history,
    "travel": of_help.travel,
    "school_climate": of_place.school_climate,
}
