"""A letter as one page of HTML that a phone, a screen reader and a mail program without styles can show.

It holds no script, no picture and no address, so that nothing is fetched and nobody learns that it was read.
"""

from __future__ import annotations

from jinja2 import Environment, StrictUndefined

from .letter import Letter
from .plain import in_plain_words

# Colours keep a contrast of 10 to 1 and more in light and in dark; size and weight alone tell headings from text.
_PAGE = """\
<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>{{ letter.subject }}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; background: #ffffff; color: #1d1d1f; font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 36em; margin: 0 auto; padding: 1.25rem 1.25rem 2.5rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 1.25rem; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 0.4rem; font-size: 1.0625rem; line-height: 1.35; }
p { margin: 0 0 0.75rem; }
ul { margin: 0 0 0.75rem; padding-left: 1.25rem; }
li { margin: 0 0 0.5rem; }
@media (prefers-color-scheme: dark) { body { background: #161618; color: #ececee; } }
</style>
</head>
<body>
<main>
<h1>{{ letter.subject }}</h1>
{% for section in letter.sections %}
{% if section.heading %}
<h2>{{ section.heading }}</h2>
{% endif %}
{% for said in section.says %}
<p>{{ said }}</p>
{% endfor %}
{% if section.points %}
<ul>
{% for point in section.points %}
<li>{{ point }}</li>
{% endfor %}
</ul>
{% endif %}
{% endfor %}
</main>
</body>
</html>
"""

_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True).from_string(_PAGE)


def as_html(letter: Letter) -> str:
    """The letter as a whole page, with the words that `text.as_text` gives it."""
    return _TEMPLATE.render(letter=in_plain_words(letter))
