// Shows a delivery's stages as they happen; without a script the page loads itself again instead.

const timeline = document.querySelector("[data-events]");

if (timeline) {
  const stage = document.querySelector("[data-stage]");
  const events = new EventSource(timeline.dataset.events);

  events.addEventListener("stage", (event) => {
    const entry = JSON.parse(event.data);
    timeline.append(drawEntry(entry));
    stage.textContent = entry.stage;
    stage.className = `stage ${entry.stage}`;
    if (entry.is_final) {
      // Findings, and what can be done about them, are the server's to draw.
      events.close();
      location.reload();
    }
  });
}

function drawEntry(entry) {
  const line = document.createElement("li");
  line.className = entry.stage;
  line.append(
    drawPart("span", "figure", entry.at.slice(11, 23)),
    drawPart("strong", "", entry.stage),
    drawPart("span", "figure quiet", entry.elapsed_ms === null ? "" : `${entry.elapsed_ms} ms`),
    drawPart("span", "quiet", entry.detail),
  );
  return line;
}

function drawPart(tag, name, text) {
  const part = document.createElement(tag);
  part.className = name;
  part.textContent = text;
  return part;
}
