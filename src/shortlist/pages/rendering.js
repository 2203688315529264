"use strict";
// The language: the one chosen last, else the browser's. Storage may be forbidden to a file.
const page = document.documentElement;
const remembered = () => { try { return localStorage.getItem("language"); } catch { return null; } };
const remember = (language) => { try { localStorage.setItem("language", language); } catch { /* only this time, then */ } };
const speak = (language) => {
  page.lang = language;
  document.title = document.querySelector("h1").innerText;
};
speak(remembered() ?? (navigator.language.startsWith("ko") ? "ko" : "en"));
document.getElementById("language").addEventListener("click", () => {
  speak(page.lang === "ko" ? "en" : "ko");
  remember(page.lang);
});

// Folded parts: one that an address leads to opens, and so do all for the button and on paper.
const unfoldAll = () => { for (const part of document.querySelectorAll("details")) part.open = true; };
const unfoldNamed = () => {
  const section = document.getElementById(location.hash.slice(1));
  const part = section?.querySelector(":scope > details");
  if (part) {
    part.open = true;
    section.scrollIntoView();
  }
};
document.getElementById("unfold")?.addEventListener("click", unfoldAll);
addEventListener("beforeprint", unfoldAll);
addEventListener("hashchange", unfoldNamed);
for (const link of document.querySelectorAll('a[href^="#"]')) link.addEventListener("click", () => setTimeout(unfoldNamed));
unfoldNamed();

// Tables: a click sorts by a column, a second one the other way. Numbers first fall, words first rise.
const value = (row, column) => {
  const cell = row.cells[column];
  const text = cell.innerText.trim();
  if (cell.dataset.order !== undefined) return Number(cell.dataset.order);
  return /^[-+]?[\d,]+(\.\d+)?$/.test(text) ? Number(text.replaceAll(",", "")) : text;
};
// What is no number, such as an empty cell, comes after those that are.
const compare = (left, right) => {
  const words = (typeof left === "string") - (typeof right === "string");
  return words || (typeof left === "string" ? left.localeCompare(right) : left - right);
};
for (const head of document.querySelectorAll("th")) {
  head.addEventListener("click", () => {
    const table = head.closest("table");
    const body = table.tBodies[0];
    const rows = [...body.rows];
    if (rows.length === 0) return;
    const numbers = typeof value(rows[0], head.cellIndex) === "number";
    const before = head.getAttribute("aria-sort");
    const rising = before === null ? !numbers : before === "descending";
    for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    rows.sort((first, second) => (rising ? 1 : -1) * compare(value(first, head.cellIndex), value(second, head.cellIndex)));
    body.append(...rows);
  });
}

// Pictures: what the pointer or finger is nearest to is said beside it.
const NEAR = 32; // pixels
const told = document.createElement("div");
told.id = "told";
told.hidden = true;
document.body.append(told);
const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
ring.setAttribute("class", "ring");
const hush = () => { told.hidden = true; ring.remove(); };
const away = (at, low, high) => Math.max(low - at, 0, at - high);
const tell = (picture, marks, event) => {
  const frame = picture.getBoundingClientRect();
  const scale = frame.width / picture.viewBox.baseVal.width;
  const [x, y] = [(event.clientX - frame.left) / scale, (event.clientY - frame.top) / scale];
  const far = ([left, top, right, bottom]) => Math.hypot(away(x, left, right), away(y, top, bottom)) * scale;
  const nearest = marks.reduce((best, mark) => (far(mark) < far(best) ? mark : best));
  if (far(nearest) > NEAR) return hush();
  const [left, top, right, bottom, ...lines] = nearest;
  told.textContent = lines.join("\n");
  told.hidden = false;
  const dot = left === right && top === bottom;
  const [midX, midY] = [frame.left + (dot ? left : x) * scale, frame.top + (dot ? top : y) * scale];
  if (dot) {
    ring.setAttribute("cx", left);
    ring.setAttribute("cy", top);
    ring.setAttribute("r", 6 / scale);
    picture.append(ring);
  } else ring.remove();
  const space = innerWidth - told.offsetWidth - 4;
  const above = midY - told.offsetHeight - 14;
  told.style.transform = `translate(${Math.max(4, Math.min(space, midX - told.offsetWidth / 2))}px, ${above > 4 ? above : midY + 14}px)`;
};
for (const picture of document.querySelectorAll("svg[data-marks]")) {
  const marks = JSON.parse(picture.dataset.marks);
  if (marks.length === 0) continue;
  for (const happens of ["pointermove", "pointerdown"]) picture.addEventListener(happens, (event) => tell(picture, marks, event));
  picture.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") hush(); });
}
addEventListener("pointerdown", (event) => { if (!event.target.closest?.("svg[data-marks]")) hush(); });
addEventListener("scroll", hush, { passive: true });
