"""How well the text of a page can be read, computed in the page from the styles that the browser has."""

from typing import Any

from playwright.sync_api import Page

AA = 4.5
"""Contrast that WCAG 2.2 (1.4.3) asks of text at level AA; less is asked of large text, but not here."""

MEASURE = """(least) => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [red, green, blue, alpha = 1] = numbers(getComputedStyle(at).backgroundColor);
      if (alpha > 0) return [red, green, blue];
    }
    throw new Error("the page has no colour of its own");
  };
  const faint = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, style") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const both = [element.closest("svg") ? style.fill : style.color].map(numbers).concat([behind(element)]);
    const [dark, light] = both.map(luminance).sort((one, other) => one - other);
    const contrast = (light + 0.05) / (dark + 0.05);
    texts += 1;
    if (contrast < least) faint.push([walker.currentNode.data.trim(), contrast, ...both]);
  }
  return [texts, faint];
}"""


def too_faint(tab: Page) -> list[Any]:
    """Every text that is shown with less contrast than `AA`: what it says, its contrast and both colours."""
    texts, faint = tab.evaluate(MEASURE, AA)
    assert texts > 0
    return list(faint)
