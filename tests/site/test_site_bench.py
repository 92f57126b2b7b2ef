"""The bench itself: it must notice what it is there to notice."""

import pytest
from site_bench import Bench

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('broken')", "error: broken"),
        ("console.warn('odd')", "warning: odd"),
        ("setTimeout(() => { throw new Error('thrown') })", "thrown"),
        ("fetch('https://elsewhere.example/x').catch(() => {})", "elsewhere.example"),
        ("new Image().src = 'https://elsewhere.example/x.png'", "elsewhere.example"),
        ("document.body.setAttribute('onclick', 'x()'); document.body.click()", "Content Security Policy"),
    ],
)
def test_what_a_page_may_not_do_is_seen(chromium, address, script, complaint):
    bench = Bench(chromium, address)
    page = bench("method/")
    page.evaluate(script)
    for _ in range(50):  # until it is said, at most five seconds
        page.wait_for_timeout(100)
        if complaint in " ".join(page.watch.wrong(address)):
            break
    assert complaint in " ".join(bench.close())


def test_a_page_that_does_nothing_wrong_is_left_alone(chromium, address):
    bench = Bench(chromium, address)
    assert bench("method/").watch.answered
    assert bench.close() == []
