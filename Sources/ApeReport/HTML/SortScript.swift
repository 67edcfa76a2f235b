/// Makes the report's tables sortable: the headers become buttons, which mouse and keyboard can press. Without scripts
/// the tables stand in their order.
enum SortScript {
    /// What has a page's tables sorted from its beginning.
    static let start = "\nmakeSortable(document);\n"

    /// The same for a script that is loaded while its page is.
    static let startOnceThere = "\naddEventListener(\"DOMContentLoaded\", () => makeSortable(document));\n"

    /// `makeSortable(root)` makes the tables beneath an element sortable, and `sortTable(table, column, rising)` sorts one.
    static let text = """
        "use strict";
        const sortTable = (table, column, rising) => {
          const heads = [...table.tHead.rows[0].cells];
          for (const other of heads) other.removeAttribute("aria-sort");
          heads[column].setAttribute("aria-sort", rising ? "ascending" : "descending");
          const key = row => {
            const cell = row.cells[column];
            return "v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent;
          };
          const compare = (a, b) => typeof a === "number" && typeof b === "number"
            ? a - b : String(a).localeCompare(String(b));
          const rows = [...table.tBodies[0].rows];
          rows.sort((a, b) => (rising ? 1 : -1) * compare(key(a), key(b)));
          table.tBodies[0].append(...rows);
        };
        const makeSortable = root => {
          for (const table of root.querySelectorAll("table.sortable")) {
            [...table.tHead.rows[0].cells].forEach((head, column) => {
              const button = document.createElement("button");
              button.type = "button";
              button.append(...head.childNodes);
              head.append(button);
              button.addEventListener("click", () => {
                sortTable(table, column, head.getAttribute("aria-sort") === "descending" ||
                  (!head.hasAttribute("aria-sort") && !head.classList.contains("n")));
              });
            });
          }
        };
        """
}
