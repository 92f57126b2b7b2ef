"""The list: elements, attributes, hosts and kinds of files that the site may hold. Anything else is reported.

Whoever adds a word here says: our own pages need it, and it lets no text of a stranger act.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _table(lines: str) -> dict[str, frozenset[str]]:
    rows = (line.split() for line in lines.strip().splitlines())
    return {name: frozenset(attributes) for name, *attributes in rows}


EVERYWHERE = _words("class id title lang dir role tabindex hidden")
PREFIXES = ("aria-", "data-")
PAINT = _words(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap "
    "stroke-linejoin stroke-miterlimit opacity transform clip-path clip-rule vector-effect paint-order "
    "marker-start marker-mid marker-end font-family font-size font-weight font-style text-anchor letter-spacing "
    "dominant-baseline alignment-baseline shape-rendering text-rendering pointer-events visibility"
)
"""What any element of a drawing may carry; `url()` in it may point into the same file only."""

HTML = _table(
    """
a href rel target download hreflang type
abbr
article
aside
b
blockquote
body
br
button type name value disabled
canvas width height
caption
cite
code
col span
colgroup span
datalist
dd
del
details open name
dfn
dialog open
div
dl
dt
em
fieldset disabled
figcaption
figure
footer
form name method action autocomplete
h1
h2
h3
h4
h5
h6
head
header
hr
html
i
img src alt width height loading decoding
input type name value placeholder checked disabled required autocomplete autocapitalize autocorrect spellcheck min max \
step list for
ins
kbd
label for
legend
li value
link href rel type sizes hreflang
main
mark
meta charset content http-equiv name
meter value min max low high optimum
nav
noscript
ol start reversed type
optgroup label disabled
option value selected disabled label
output for name
p
pre
progress value max
q
s
samp
script src type defer async
search
section
select name disabled multiple size required
small
span
strong
sub
summary
sup
table
tbody
td colspan rowspan headers
textarea name rows cols readonly placeholder disabled spellcheck
tfoot
th colspan rowspan scope headers abbr
thead
time datetime
title
tr
u
ul
var
wbr
""".replace("\\\n", "")
)

SVG = _table("""
svg xmlns xmlns:xlink viewbox width height preserveaspectratio focusable version x y
g
path d pathlength
rect x y width height rx ry
circle cx cy r
ellipse cx cy rx ry
line x1 y1 x2 y2
polyline points
polygon points
text x y dx dy rotate textlength lengthadjust
tspan x y dx dy rotate textlength lengthadjust
title
desc
defs
symbol viewbox preserveaspectratio x y width height
use href xlink:href x y width height
marker viewbox refx refy markerwidth markerheight markerunits orient preserveaspectratio
clippath clippathunits
mask x y width height maskunits maskcontentunits
pattern x y width height patternunits patterncontentunits patterntransform viewbox
lineargradient x1 y1 x2 y2 gradientunits gradienttransform spreadmethod
stop offset stop-color stop-opacity
""")

ELEMENTS = {
    **HTML,
    **{name: own | PAINT | HTML.get(name, frozenset()) for name, own in SVG.items()},
}

METAS = frozenset(
    ("author", "color-scheme", "description", "generator", "referrer", "robots", "theme-color", "viewport")
)
RELATIONS = frozenset(("alternate", "canonical", "icon", "license", "next", "prev", "stylesheet"))
INPUTS = frozenset(("checkbox", "date", "number", "radio", "range", "search", "text"))
DATA_BLOCKS = frozenset(("application/json", "application/ld+json"))

HOSTS = frozenset(("arxiv.org", "doi.org", "squidfunk.github.io"))
"""Hosts that any page may link to, over https. The last one is the theme's own line in the footer."""
ANSWERS = "inquiries/"
"""Under here, people's answers may link to any host over https, with rel=noopener."""

FEED = _words(
    "feed title subtitle link updated published id author name uri entry summary content category rights generator "
    "icon logo"
)
FEED_TYPES = _words("text application/atom+xml application/json text/html")
SITEMAP = _words("urlset url loc lastmod changefreq priority")

SUMMARY = _words("div h1 h2 h3 p ul ol li a em strong code blockquote")
"""What `llms.txt` may be as Markdown."""
INDEX_MARKUP = ("p", "code", "pre", "ul", "ol", "li", "h3", "h4", "h5", "h6", "em", "strong")
"""What the theme's search keeps of a page's markup, without attributes."""

PLAIN = frozenset((".txt", ".md", ".csv", ".bib", ".jsonl", ".ndjson", ".yaml", ".yml", ".cff"))
"""Text that a browser shows as it is."""
OPAQUE = frozenset((".js", ".map", ".png", ".ico", ".gz", ".zip", ".sqlite", ".db", ".woff2", ".parquet"))
"""Not looked into: the theme's and our own scripts, images, archives. A page can load no script from elsewhere."""
RECORDS = "evidence/"
"""Copied byte for byte from the project, where `claims check` reads them."""
