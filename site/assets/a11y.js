// The theme puts a <nav> without a name around each copy button. Several of them are landmarks that a screen reader
// cannot tell apart; they are no landmarks at all.
const mend = () => {
  for (const nav of document.querySelectorAll(".md-code__nav:not([role])")) nav.setAttribute("role", "presentation")
}
mend()
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true })
