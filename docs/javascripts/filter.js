// A box above each table in .filter: rows stay that have every word in them, and the value of every button pressed.
// The buttons are the values, parted by "|", of data-family, data-library and data-verdict, which its rows have too;
// `?words=huber&library=PyTorch` in the address sets all of it.
document.addEventListener("DOMContentLoaded", () => {
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const asked = new URLSearchParams(location.search);
  for (const home of document.querySelectorAll(".filter")) {
    const rows = [...home.querySelectorAll("tbody tr")];
    const texts = new Map(rows.map((row) => [row, `${row.textContent} ${row.dataset.more || ""}`.toLowerCase()]));
    const chosen = {};
    const input = make("input", { type: "search", placeholder: "Words that a row must have", ariaLabel: "Filter" });
    input.value = asked.get("words") || "";
    const count = make("div", { className: "filter-count" });
    count.setAttribute("aria-live", "polite");
    const show = () => {
      const words = input.value.toLowerCase().split(/\s+/);
      let shown = 0;
      for (const row of rows) {
        const fits = Object.entries(chosen).every(([key, value]) => value === null || row.dataset[key] === value);
        row.hidden = !(fits && words.every((word) => texts.get(row).includes(word)));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = `${shown} of ${rows.length} rows`;
    };
    const groups = ["family", "library", "verdict"].map((key) => {
      const values = home.dataset[key].split("|");
      chosen[key] = values.includes(asked.get(key)) ? asked.get(key) : null;
      const buttons = values.map((value) => make("button", { type: "button", textContent: value }));
      const press = () => {
        for (const button of buttons) button.setAttribute("aria-pressed", String(button.textContent === chosen[key]));
      };
      for (const button of buttons) {
        button.addEventListener("click", () => {
          chosen[key] = chosen[key] === button.textContent ? null : button.textContent;
          press();
          show();
        });
      }
      press();
      return make("div", { className: "filter-group", role: "group", ariaLabel: key }, ...buttons);
    });
    input.addEventListener("input", show);
    home.prepend(make("div", { className: "filter-box" }, input, ...groups, count));
    show();
  }
});
