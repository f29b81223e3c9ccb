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
    for (const { target } of entries) {
      target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    }
  });
  const mayScroll = "article pre, .pst-scrollable-table-container";
  document.querySelectorAll(mayScroll).forEach(part => watch.observe(part));

  // The bibliography is written with roles that browsers no longer know as parts of a list.
  for (const list of document.querySelectorAll(".citation-list")) {
    list.setAttribute("role", "list");
    for (const entry of list.children) entry.setAttribute("role", "listitem");
  }
});
