(() => {
  const root = document.currentScript.parentElement, form = root.querySelector("form");
  const picture = root.querySelector(".frame"), words = root.querySelector("output");
  const play = root.querySelector(".play");
  const control = name => form.elements.namedItem(name);

  // The frames wait as text until a control is touched.
  let frames = null;
  const load = () => frames ??= JSON.parse(root.querySelector("script[type]").textContent);

  // What the figure showed at the start, behind it; names inside are those of the figure in front.
  const ghost = picture.firstElementChild.cloneNode(true);
  ghost.classList.add("ghost");
  ghost.setAttribute("aria-hidden", "true");
  picture.append(ghost);

  const show = () => {
    const {grid, ghosts, parts, svgs, texts} = load();
    let index = 0;
    for (const [name, values] of Object.entries(grid)) {
      const {type, value, previousElementSibling: label} = control(name);
      index = index * values.length + Number(value);
      if (type !== "range") continue;
      label.querySelector("b").textContent = values[value];
      control(name).setAttribute("aria-valuetext", values[value]);
    }
    picture.firstElementChild.outerHTML = svgs[index].map(part => parts[part]).join("");
    picture.setAttribute("aria-label", texts[index]);
    words.textContent = texts[index];
    root.classList.toggle("moved", ghosts[index]);
  };

  // The setting stands in the address, by the names of the parameters.
  const remember = () => {
    const setting = Object.entries(load().grid).map(
      ([name, values]) => [name, values[control(name).value]]);
    const address = `#${root.id}?${new URLSearchParams(setting)}`;
    try { history.replaceState(history.state, "", address); } catch { /* not in this frame */ }
  };
  const restore = () => {
    const [id, query] = location.hash.slice(1).split("?");
    if (id !== root.id || !query) return;
    const grid = new Map(Object.entries(load().grid));
    const setting = [...new URLSearchParams(query)].map(
      ([name, value]) => [name, (grid.get(name) ?? []).indexOf(value)]);
    if (setting.some(([, position]) => position < 0)) return;
    stop();
    form.reset();
    for (const [name, position] of setting) control(name).value = position;
    show();
    // What is above takes its height when its fonts are there.
    document.fonts.ready.then(() => root.scrollIntoView({behavior: "instant"}));
  };

  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    play?.setAttribute("aria-pressed", "false");
    words.setAttribute("aria-live", "polite");
  };
  const step = slider => {
    slider.stepUp();
    show();
    if (slider.value !== slider.max) return;
    stop();
    remember();
  };
  play?.addEventListener("click", () => {
    if (play.getAttribute("aria-pressed") === "true") return stop();
    const slider = control(play.value);
    if (slider.value === slider.max) slider.value = 0;
    play.setAttribute("aria-pressed", "true");
    words.setAttribute("aria-live", "off");
    show();
    timer = setInterval(step, 1000, slider);
  });

  form.addEventListener("input", () => { stop(); show(); });
  form.addEventListener("change", remember);
  form.addEventListener("submit", event => event.preventDefault());
  form.querySelector(".reset").addEventListener("click", () => {
    stop();
    form.reset();
    show();
    remember();
  });
  addEventListener("load", restore);
  addEventListener("hashchange", restore);
})();
