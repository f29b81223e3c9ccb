// Runs between Sphinx's search and its index. A page that explains comes before the glossary and the
// reference, which only name; excerpts show neither code nor formulas.
Scorer.score = ([page, , , , score]) => /^book\/(api\/|glossary)/.test(page) ? score / 1000 : score;

Search.htmlToText = (page, anchor) => {
  const article = new DOMParser().parseFromString(page, "text/html").querySelector("article");
  article.querySelectorAll(".cell, pre, script, style, .headerlink, div.math")
    .forEach(part => part.remove());
  article.querySelectorAll(".math").forEach(formula => { formula.textContent = "…"; });
  const part = anchor && article.querySelector(anchor) || article;
  return part.textContent.replace(/\s+/g, " ");
};
