"""Hostile strings, and a way to put one into every field of a value that takes it.

Each string carries a marker, `evil`: whatever it does in a page where it is more than text can be found by it.
"""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

ATTACKS = {
    "script": "</title></textarea></div><script>evil()</script><SCRIPT/evil src=//evil.example/x.js></SCRIPT>",
    "attribute": '" onmouseover="evil()" evil="\' onfocus=\'evil()\' autofocus evil><img src=x onerror=evil()>',
    "link": (
        "javascript:evil() [evil](javascript:evil()) <javascript:evil()> [evil](//evil.example) [evil](../evil) "
        "<https://evil.example/a> https://evil.example/b [evil][e]\n\n[e]: javascript:evil() 'evil'\n\n"
        "[t](java\tscript:evil()) [d](data:text/html,<script>evil()</script>) <evil@evil.example>"
    ),
    "template": (
        "{{ 'ev' ~ 'il49' }} {% include 'mkdocs.yml' %} {# evil #} ${7*7} #{7*7} {{ page.__class__ }} {% raw %} "
        "{{ config.plugins }} @claims-content-security-policy@\n\nclaims-part-0\n\n<p>claims-part-1</p>"
    ),
    "markdown": (
        "![evil](https://evil.example/e.png) **evil-strong** _evil-em_ `evil-code` [[claim-script]] [[evil]] "
        "[^evil]\n\n"
        "# evil-heading {: .evil #evil onclick=evil() }\n\n    evil-indented\n\n- evil-item\n\n| evil | b |\n|--|--|\n"
        "| c | d |\n\n<details evil open><summary>evil</summary></details>\n\n```evil\nevil\n```\n\n!!! evil 'evil'\n\n"
        "[^evil]: evil\n\n*[HTML]: evil\n\n---\ntitle: evil\n---"
    ),
    "entities": (
        "&lt;script&gt;evil()&lt;/script&gt; &#60;img src=x onerror=evil()&#62; &#x3C;svg/onload=evil()&#x3E; "
        "&NewLine; &amp;lt;evil&amp;gt; &#8238;evil &lt &#0; %3Cevil%3E \\u003cevil\\u003e \\x3cevil"
    ),
    "drawing": (
        "<svg/onload=evil()><math><mi xlink:href='javascript:evil()'>x</mi></math><svg><style>"
        "<img src=x onerror=evil()></style><title><script>evil()</script></title><foreignObject>"
        "<iframe srcdoc='evil'></iframe></foreignObject>"
        "<use href='data:image/svg+xml,evil'/><animate onbegin=evil() attributeName=x dur=1s>"
    ),
    "direction": (
        "\u202eevil\u2066 a\x00b\x08c\x1b[31mevil\x1b[0m\x7f\x85 \u2069\u202d\u2067\u2028evil\u2029\ufeff\u200bevil"
    ),
    "cdata": (
        "--> <!-- evil --> <![CDATA[ <evil/> ]]> ]]> <?evil evil?> <!DOCTYPE evil [<!ENTITY e 'evil'>]> &e; --!> <!-->"
    ),
    "snippet": (
        '--8<-- "mkdocs.yml"\n--8<-- \'mkdocs.yml\'\n-8<- "mkdocs.yml"\n;--8<-- "mkdocs.yml"\n--8<--\n'
        "mkdocs.yml\n--8<--\n\n{!mkdocs.yml!}\n\n[TOC]\n\n:evil: ++evil++ ==evil== ~~evil~~ ^^evil^^\n"
        "/// evil\nevil\n///"
    ),
    "data": (
        '</script><script>evil()</script><!--<script>{"@type": "evil", "url": "javascript:evil()"}//\u2028\\u0022}]}; '
        '"},{"evil":"\''
    ),
    "style": (
        "</style><style>*{background:url(https://evil.example/)}</style><link rel=stylesheet href=//evil.example/x.css>"
        "<p style='position:fixed;background:url(//evil.example)' class='md-header evil' id=evil data-evil=x>evil</p>"
        "<base href=//evil.example/><meta http-equiv=refresh content='0;url=//evil.example'>"
        "<form action=//evil.example>"
    ),
    "long": "Evil" + "x" * 3000,
}
MARKER = "evil"
LEADING = {
    "script": "<script>evil()</script>",
    "entities": "&lt;script&gt;evil()&lt;/script&gt;",
    "cdata": "<!-- evil -->",
}
LEADING |= {
    "attribute": '" onmouseover="evil()"',
    "template": "{{ 'ev' ~ 'il49' }}",
    "markdown": "**evil-strong** _evil-em_",
}
LEADING |= {"link": "[evil](javascript:evil())", "drawing": "<svg/onload=evil()>", "snippet": '--8<-- "mkdocs.yml"'}
LEADING |= {"data": "</script><script>evil()</script><!--<script>", "style": "</style><style>*{background:url("}
LEADING |= {"direction": "[31mevil[0m", "long": "x" * 3000}
"""A piece of each attack as a reader must find it in a page's text."""


def attacked(value: BaseModel, text: str, reached: set[str], keep: frozenset[str] = frozenset()) -> BaseModel:
    """`value` with `text` in every field that takes it, at any depth, but for those that `keep` names.

    A field whose own type refuses the text stays as it is: it needs no other protection. `reached` collects the fields
    that were filled, as `Model.field`.
    """
    changed = {}
    for name, info in type(value).model_fields.items():
        place = f"{type(value).__name__}.{name}"
        if place in keep:
            continue
        old = getattr(value, name)
        new = _struck(
            Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation, old, text, reached, keep
        )
        changed[name] = new
        if _holds(new, text):
            reached.add(place)
    return value.model_copy(update=changed)


def textual(*roots: type[BaseModel]) -> set[str]:
    """Every `Model.field` below `roots` that can hold a text of any kind, as the models' own schema says."""
    found = set()
    for root in roots:
        schema = root.model_json_schema()
        models = {root.__name__: schema, **schema.get("$defs", {})}
        for model, described in models.items():
            found |= {f"{model}.{f}" for f, of in described.get("properties", {}).items() if _free(of)}
    return found


def _free(schema: dict[str, Any]) -> bool:
    """Whether a schema lets any text through; other models answer for themselves."""
    if schema.get("type") == "string":
        return not {"pattern", "format", "enum", "const"} & schema.keys()
    if schema.get("additionalProperties") and "propertyNames" not in schema:
        return True  # a dict with free keys
    parts = [*schema.get("anyOf", ()), *schema.get("prefixItems", ())]
    parts += [schema[k] for k in ("items", "additionalProperties") if isinstance(schema.get(k), dict)]
    return any(map(_free, [*parts, *schema.get("patternProperties", {}).values()]))


def _holds(value: Any, text: str) -> bool:
    if isinstance(value, dict):
        return any(_holds(k, text) or _holds(v, text) for k, v in value.items())
    return (
        value in {text, _short(text)}
        if isinstance(value, str)
        else isinstance(value, tuple) and any(_holds(v, text) for v in value)
    )


def _short(text: str) -> str:
    """As much of an attack as a field for names takes."""
    return text[:80].strip()


def _struck(annotation: Any, value: Any, text: str, reached: set[str], keep: frozenset[str]) -> Any:
    if isinstance(value, BaseModel):
        return attacked(value, text, reached, keep)
    if value is None or isinstance(value, str):
        return next((t for t in (text, _short(text)) if _accepts(annotation, t)), value)
    if isinstance(value, tuple):
        return tuple(_struck(_inside(annotation, tuple), v, text, reached, keep) for v in value)
    if isinstance(value, dict):
        keys, values = _inside(annotation, dict)
        return {text if _accepts(keys, text) else k: _struck(values, v, text, reached, keep) for k, v in value.items()}
    return value


def _inside(annotation: Any, kind: type) -> Any:
    """What a tuple holds, or a dict's keys and values."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _inside(parts[0], kind)
    if origin in {Union, types.UnionType}:
        return next((_inside(p, kind) for p in parts if get_origin(p) is kind), Any)
    return parts if kind is dict else parts[0] if parts else Any


def _accepts(annotation: Any, text: str) -> bool:
    if annotation is Any or get_origin(annotation) is Literal:
        return False
    try:
        return TypeAdapter(annotation).validate_python(text, strict=True) is not None
    except ValidationError:
        return False
