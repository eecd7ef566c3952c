"""Examples of what the service tells of itself, and of maps."""

HEALTH = {"alive": True, "ready": True, "waiting_for": None}
COVERAGE_MAP = '<!doctype html><html lang="en"><title>Coverage</title>…</html>'
TARGET_MAP = '<!doctype html><html lang="en-GB"><title>A target area</title>…</html>'
AREA_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Target area",
    "oneOf": [{"$ref": "#/$defs/TeamArea"}],
    "$defs": {"TeamArea": {"type": "object"}},
}
