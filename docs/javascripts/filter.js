// A box above each table in .filter: rows stay that have every word in them. `data-words` become buttons.
document.addEventListener("DOMContentLoaded", () => {
  for (const home of document.querySelectorAll(".filter")) {
    const rows = [...home.querySelectorAll("tbody tr")];
    const box = document.createElement("div");
    box.className = "filter-box";
    const input = Object.assign(document.createElement("input"), {
      type: "search",
      placeholder: "Words that a row must have",
      ariaLabel: "Filter the table",
    });
    const count = Object.assign(document.createElement("span"), { className: "filter-count" });
    count.setAttribute("aria-live", "polite");
    const buttons = (home.dataset.words || "").split("|").filter(Boolean).map((word) => {
      const button = Object.assign(document.createElement("button"), { textContent: word, type: "button" });
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        const pressed = button.getAttribute("aria-pressed") === "true";
        for (const other of buttons) other.setAttribute("aria-pressed", "false");
        button.setAttribute("aria-pressed", String(!pressed));
        filter();
      });
      return button;
    });
    const filter = () => {
      const chosen = buttons.filter((button) => button.getAttribute("aria-pressed") === "true");
      const words = [...input.value.toLowerCase().split(/\s+/), ...chosen.map((button) => button.textContent)];
      let shown = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = `${shown} of ${rows.length} rows`;
    };
    input.addEventListener("input", filter);
    box.append(input, ...buttons, count);
    home.prepend(box);
    filter();
  }
});
