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
