// The theme and the fold buttons each announce themselves in the console; a reader who opens it to
// look for a fault should find it empty. Warnings and errors are left alone.
(() => {
  const log = console.log.bind(console);
  console.log = (...words) => {
    if (!/^\[(PST|togglebutton)\]/.test(words[0])) log(...words);
  };
})();

document.addEventListener("DOMContentLoaded", () => {
  // What scrolls can be reached by keyboard, also in a solution that was just unfolded.
  const watch = new ResizeObserver(entries => {
    // All is measured before anything changes, or each change would lay out the page anew.
    const boxes = entries.map(({ target }) => target);
    const wide = boxes.map(box => box.scrollWidth > box.clientWidth);
    boxes.forEach((box, i) => { box.tabIndex = wide[i] ? 0 : -1; });
  });
  const mayScroll =
    "pre, .pst-scrollable-table-container, .pgbook-derivation > div, div.math mjx-container";
  // What stands in a box that keeps its size still grows when the font of a formula arrives; then
  // each box is looked at anew, as soon as it is laid out.
  const look = () => {
    for (const box of document.querySelectorAll(mayScroll)) {
      watch.unobserve(box);
      watch.observe(box);
    }
  };
  look();
  document.fonts.addEventListener("loadingdone", look);

  // The exercise stands right above; a link in the title would take the clicks that unfold it.
  for (const link of document.querySelectorAll(".solution > .admonition-title > a")) {
    link.replaceWith(...link.childNodes);
  }

  // The bibliography is written with roles that browsers no longer know as parts of a list.
  for (const list of document.querySelectorAll(".citation-list")) {
    list.setAttribute("role", "list");
    for (const entry of list.children) entry.setAttribute("role", "listitem");
  }
});

// From disk no browser starts Python.
document.addEventListener("DOMContentLoaded", () => {
  const run = document.querySelector(".pgbook-run");
  if (run && location.protocol === "file:") {
    run.textContent = "To run this page, open the book from a server: python3 -m http.server in its folder.";
    document.querySelectorAll(".pgbook-answer").forEach(line => line.remove());
  }
});

// A word of the glossary says what it means to those who point at it, with mouse or keyboard.
document.addEventListener("DOMContentLoaded", () => {
  for (const link of document.querySelectorAll('a[href*="glossary.html#term-"]')) {
    const card = document.getElementById(`card-${link.hash.slice(1)}`);
    if (!card?.showPopover) continue;
    const show = () => {
      card.showPopover();
      const { left, top, bottom } = link.getBoundingClientRect();
      const fits = bottom + card.offsetHeight < innerHeight;
      card.style.left = `${Math.max(8, Math.min(left, innerWidth - card.offsetWidth - 8))}px`;
      card.style.top = `${fits ? bottom : top - card.offsetHeight}px`;
    };
    const hide = () => { if (!card.matches(":hover") && !link.matches(":hover")) card.hidePopover(); };
    link.setAttribute("aria-describedby", card.id);
    link.addEventListener("focus", show);
    link.addEventListener("blur", () => card.hidePopover());
    if (!matchMedia("(hover: hover)").matches) continue;
    link.addEventListener("mouseenter", show);
    for (const part of [link, card]) part.addEventListener("mouseleave", () => setTimeout(hide, 100));
  }
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") document.querySelector(".pgbook-card:popover-open")?.hidePopover();
  });
});

// The ledger's table can be narrowed to a chapter and a verdict.
document.addEventListener("DOMContentLoaded", () => {
  const table = document.querySelector(".pgbook-ledger table");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  const cell = (row, index) => row.cells[index].textContent.trim();
  const facets = [
    ["chapter", { B: "Bandits", U: "Unbiased estimates", G: "Guarantees" }, row => cell(row, 0)[0]],
    ["verdict", null, row => cell(row, 2).split(" (")[0]],
  ];
  const bar = document.createElement("div"), count = document.createElement("output");
  bar.className = "pgbook-filter";
  const controls = facets.map(([name, names, value]) => {
    const values = [...new Set(rows.map(value))];
    const label = document.createElement("label"), choice = document.createElement("select");
    choice.append(new Option("all", ""), ...values.map(v => new Option(names?.[v] ?? v, v)));
    label.append(`${name} `, choice);
    bar.append(label);
    return { choice, value };
  });
  const show = () => {
    for (const row of rows) {
      row.hidden = controls.some(({ choice, value }) => choice.value && choice.value !== value(row));
    }
    count.textContent = `${rows.filter(row => !row.hidden).length} of ${rows.length} claims`;
  };
  controls.forEach(({ choice }) => choice.addEventListener("change", show));
  bar.append(count);
  table.closest(".pgbook-ledger").prepend(bar);
  show();
});
