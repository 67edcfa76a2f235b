/// Makes the report's tables sortable: the headers become buttons, which mouse and keyboard can press. Without scripts
/// the tables stand in their order.
enum SortScript {
    static let text = """
        "use strict";
        for (const table of document.querySelectorAll("table.sortable")) {
          const heads = [...table.tHead.rows[0].cells];
          heads.forEach((head, column) => {
            const button = document.createElement("button");
            button.type = "button";
            button.append(...head.childNodes);
            head.append(button);
            button.addEventListener("click", () => {
              const rising = head.getAttribute("aria-sort") === "descending" ||
                (!head.hasAttribute("aria-sort") && !head.classList.contains("n"));
              for (const other of heads) other.removeAttribute("aria-sort");
              head.setAttribute("aria-sort", rising ? "ascending" : "descending");
              const key = row => {
                const cell = row.cells[column];
                return "v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent;
              };
              const compare = (a, b) => typeof a === "number" && typeof b === "number"
                ? a - b : String(a).localeCompare(String(b));
              const rows = [...table.tBodies[0].rows];
              rows.sort((a, b) => (rising ? 1 : -1) * compare(key(a), key(b)));
              table.tBodies[0].append(...rows);
            });
          });
        }
        """
}
