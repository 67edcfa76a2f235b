/// What keeps the page of a run up to date: each part that the program tells of takes the place of the one before, and
/// the reader keeps the place in it. Without scripts the page is as it was when it was loaded.
enum LiveScript {
    static let text = """
        "use strict";
        (() => {
          const body = document.body;
          const status = document.getElementById("status");
          const choice = document.getElementById("series-choice");
          const picture = document.getElementById("series-picture");
          const held = new Map();
          let lastNews = Date.now();
          let patience = 10000;
          let lostSince = null;
          let ended = false;
          let words = status.textContent;
          let source = null;

          const clock = time => new Date(time).toLocaleTimeString([], {hour12: false});
          const say = (text, isLost) => {
            if (status.textContent !== text) status.textContent = text;
            status.classList.toggle("lost-link", isLost);
          };
          const news = () => {
            lastNews = Date.now();
            if (lostSince !== null) {
              lostSince = null;
              body.classList.remove("unlinked");
              say(words, false);
            }
          };
          const lost = () => {
            if (ended || lostSince !== null) return;
            lostSince = lastNews;
            body.classList.add("unlinked");
            say("Connection lost since " + clock(lostSince) + ": these are the last figures.", true);
          };

          // Where the reader was in a part, to be found again in the part that follows it.
          const path = (part, element) => {
            const steps = [];
            for (let at = element; at !== part; at = at.parentElement) {
              steps.unshift([...at.parentElement.children].indexOf(at));
            }
            return steps;
          };
          const name = details => details.id || (details.querySelector("summary") || details).textContent;
          const remember = part => ({
            open: new Map([...part.querySelectorAll("details")].map(details => [name(details), details.open])),
            sorts: [...part.querySelectorAll("table.sortable")].map(table => {
              const heads = [...table.tHead.rows[0].cells];
              const column = heads.findIndex(head => head.hasAttribute("aria-sort"));
              return column < 0 ? null : [column, heads[column].getAttribute("aria-sort") === "ascending"];
            }),
            scrolls: [...part.querySelectorAll(".scroll,.log")].map(box => [box.scrollLeft, box.scrollTop]),
            focus: part.contains(document.activeElement) && part !== document.activeElement
              ? path(part, document.activeElement) : null
          });
          const recall = (part, place) => {
            for (const details of part.querySelectorAll("details")) {
              if (place.open.has(name(details))) details.open = place.open.get(name(details));
            }
            [...part.querySelectorAll("table.sortable")].forEach((table, index) => {
              const sort = place.sorts[index];
              if (sort && sort[0] < table.tHead.rows[0].cells.length) sortTable(table, sort[0], sort[1]);
            });
            [...part.querySelectorAll(".scroll,.log")].forEach((box, index) => {
              if (place.scrolls[index]) [box.scrollLeft, box.scrollTop] = place.scrolls[index];
            });
            if (place.focus) {
              const found = place.focus.reduce((at, step) => at && at.children[step], part);
              if (found) found.focus({preventScroll: true});
            }
          };

          // Words that are being marked stay until they no longer are.
          const isMarked = part => {
            const marked = getSelection();
            return !marked.isCollapsed && marked.rangeCount > 0 && marked.getRangeAt(0).intersectsNode(part);
          };
          const replace = (id, html) => {
            const part = document.getElementById(id);
            if (!part) return;
            if (!ended && isMarked(part)) {
              held.set(id, html);
              return;
            }
            held.delete(id);
            const place = remember(part);
            part.innerHTML = html;
            makeSortable(part);
            recall(part, place);
            part.dispatchEvent(new CustomEvent("part", {bubbles: true}));
          };
          document.addEventListener("selectionchange", () => {
            for (const [id, html] of [...held]) replace(id, html);
          });

          // The series that the reader chose.
          const showChoices = names => {
            const known = [...choice.options].map(option => option.value);
            if (known.length === names.length && known.every((one, index) => one === names[index])) return;
            const chosen = choice.value;
            choice.replaceChildren(...names.map(one => new Option(one, one, false, one === chosen)));
          };
          let isAsking = false;
          let asked = 0;
          const showSeries = async () => {
            if (isAsking || ended || !choice.value || document.hidden) return;
            isAsking = true;
            asked = Date.now();
            try {
              const answer = await fetch("/page/series?name=" + encodeURIComponent(choice.value), {cache: "no-store"});
              if (answer.ok) picture.innerHTML = await answer.text();
            } catch {
              // The page's own link tells of a program that is not there.
            } finally {
              isAsking = false;
            }
          };
          choice.addEventListener("change", showSeries);

          const listen = () => {
            source = new EventSource("/page/live?after=" + encodeURIComponent(body.dataset.version));
            source.addEventListener("hello", event => {
              if (event.data !== body.dataset.run) return location.reload();
              news();
            });
            source.addEventListener("part", event => {
              news();
              if (event.lastEventId) body.dataset.version = event.lastEventId;
              const end = event.data.indexOf("\\n");
              replace(event.data.slice(0, end), event.data.slice(end + 1));
            });
            source.addEventListener("status", event => {
              words = event.data;
              news();
              say(words, false);
            });
            source.addEventListener("series", event => {
              news();
              showChoices(event.data.split("\\n"));
              if (!asked) showSeries();
            });
            // How many milliseconds it may be until the next news.
            source.addEventListener("tick", event => {
              news();
              patience = Math.max(10000, 2 * Number(event.data));
              if (Date.now() - asked >= 2000) showSeries();
            });
            source.addEventListener("end", event => {
              ended = true;
              source.close();
              body.classList.remove("unlinked");
              body.classList.add("ended");
              say(event.data, false);
              body.dispatchEvent(new CustomEvent("ended"));
            });
            source.onerror = () => {
              lost();
              if (ended || source.readyState !== EventSource.CLOSED) return;
              // An answer that is no stream ends the browser's own attempts.
              setTimeout(listen, 2000);
            };
          };
          setInterval(() => { if (Date.now() - lastNews > patience) lost(); }, 1000);
          addEventListener("DOMContentLoaded", () => {
            listen();
            showSeries();
          });
        })();

        """
}
