// Elements from data. Text is always set as text: nothing a provider delivers is ever read as markup.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export function clock(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export const imageOf = (thing, side) =>
  [...(thing.images ?? [])].sort((a, b) => a.width - b.width).find((image) => image.width >= side)?.url ?? thing.images?.[0]?.url;

export const artistLinks = (artists) =>
  artists.flatMap((artist, i) => [i ? ", " : null, element("a", { href: `#/artist/${artist.id}` }, artist.name)]);

export function playIcon() {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M8 5v14l11-7z");
  icon.append(path);
  return icon;
}
