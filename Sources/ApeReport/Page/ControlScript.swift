/// The buttons that stop, scale, pause and resume a run: each asks once more before it acts.
enum ControlScript {
    static let text = """
        "use strict";
        (() => {
          const run = document.body.dataset.run;
          const section = document.getElementById("control");
          const note = document.getElementById("control-note");
          const dialog = document.getElementById("confirm");
          const title = document.getElementById("confirm-title");
          const text = document.getElementById("confirm-text");
          const number = document.getElementById("confirm-number");
          const agents = document.getElementById("confirm-agents");
          const yes = document.getElementById("confirm-yes");
          const questions = {
            stop: ["Stop the run?", "Agents finish what they are at, and the report is written. It cannot be undone.", "Stop the run"],
            scale: ["Scale the fleet", "So many agents are to be at work from now on.", "Scale"],
            pause: ["Pause the run?", "Agents begin no further session until it is resumed.", "Pause"],
            resume: ["Resume the run?", "Agents go on.", "Resume"]
          };
          let command = null;

          const show = () => {
            const now = document.querySelector("#now [data-paused]");
            if (!now) return;
            const {paused, scalable, agents: target} = now.dataset;
            for (const button of section.querySelectorAll("[data-command]")) {
              const kind = button.dataset.command;
              button.hidden = kind === "pause" && paused === "true" || kind === "resume" && paused !== "true" ||
                kind === "scale" && scalable !== "true";
            }
            if (!dialog.open) agents.value = target;
          };
          section.addEventListener("click", event => {
            const button = event.target.closest("[data-command]");
            if (!button) return;
            command = button.dataset.command;
            [title.textContent, text.textContent, yes.textContent] = questions[command];
            number.hidden = command !== "scale";
            agents.disabled = command !== "scale";
            dialog.returnValue = "";
            dialog.showModal();
          });
          dialog.addEventListener("close", async () => {
            if (dialog.returnValue !== "yes" || !command) return;
            const content = command === "scale" ? {agents: Number(agents.value)} : {};
            note.textContent = "Asking…";
            try {
              const answer = await fetch("/api/v1/runs/" + encodeURIComponent(run) + "/" + command, {
                method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(content)
              });
              const told = await answer.json().catch(() => ({}));
              note.textContent = answer.ok ? "Done: " + yes.textContent.toLowerCase() + "."
                : "Refused: " + ((told.error && told.error.message) || answer.status) + ".";
            } catch {
              note.textContent = "The program did not answer.";
            }
          });
          document.addEventListener("part", show);
          document.body.addEventListener("ended", () => {
            if (dialog.open) dialog.close();
            for (const button of section.querySelectorAll("[data-command]")) button.disabled = true;
          });
          show();
        })();

        """
}
