// The shell of the player: routes by the address's hash, one market, one playback.

import * as api from "./api.js";
import { element } from "./elements.js";
import { Playback } from "./playback.js";
import { albumPage, artistPage, errorPage, searchPage, startPage } from "./views.js";

const SEARCH_PAUSE_MS = 180;
const view = document.getElementById("view");
const marketSelect = document.getElementById("market");
const searchInput = document.getElementById("search");
let shownTracks = [];
let drawing = 0;

const market = () => marketSelect.value;

function notify(text) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  clearTimeout(notify.timer);
  notify.timer = setTimeout(() => (notice.textContent = ""), 6000);
}

const playback = new Playback({ market, onError: (error) => notify(error.message), onChange: markCurrent });

const actions = {
  play: (track, album) => playback.play(track, album, shownTracks),
  explain: async (track) => {
    try {
      showExplanation(track, await api.explain(track.id, market()));
    } catch (error) {
      notify(error.message);
    }
  },
};

function showExplanation(track, explanation) {
  document.getElementById("why-title").textContent = track.name;
  document.getElementById("why-text").textContent = explanation.sentence;
  const playable = explanation.market_map.filter((group) => group.is_playable).reduce((sum, group) => sum + group.markets.length, 0);
  const facts = [
    ["Market", explanation.market],
    ["From", explanation.interval?.starts_at],
    ["Until", explanation.interval?.ends_at],
    ["Plays in", playable ? `${playable} markets` : "no market now"],
  ].filter(([, value]) => value);
  document.getElementById("why-facts").replaceChildren(...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, String(value))]));
  document.getElementById("why").showModal();
}

function markCurrent() {
  for (const row of view.querySelectorAll("[data-track]")) row.classList.toggle("current", row.dataset.track === playback.current?.id);
}

const pages = {
  "": async () => startPage(await api.newReleases(market())),
  album: async (id) => {
    const album = await api.wholeAlbum(id, market());
    shownTracks = album.tracks.items;
    return albumPage(album, actions);
  },
  artist: async (id) => artistPage(...(await Promise.all([api.artist(id), api.artistAlbums(id, market())]))),
  search: async (q) => {
    const found = await api.search(q, market());
    shownTracks = found.tracks.items;
    return searchPage(q, found, actions);
  },
};

async function draw() {
  const [, name = "", argument = ""] = location.hash.split("/").map(decodeURIComponent);
  const turn = ++drawing;
  let nodes;
  try {
    nodes = await (pages[name] ?? pages[""])(argument);
  } catch (error) {
    nodes = errorPage(error);
  }
  if (turn !== drawing) return; // a newer page was asked for meanwhile
  view.replaceChildren(...nodes);
  view.dataset.page = name || "start";
  markCurrent();
}

function searchSoon() {
  clearTimeout(searchSoon.timer);
  searchSoon.timer = setTimeout(() => {
    const q = searchInput.value.trim();
    location.hash = q ? `#/search/${encodeURIComponent(q)}` : "#/";
  }, SEARCH_PAUSE_MS);
}

async function fillMarkets() {
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
  const codes = (await api.markets()).map((code) => [names.of(code) ?? code, code]).sort(([a], [b]) => a.localeCompare(b));
  marketSelect.replaceChildren(...codes.map(([name, code]) => element("option", { value: code }, name)));
  const remembered = localStorage.getItem("market") ?? new Intl.Locale(navigator.language).maximize().region;
  marketSelect.value = codes.some(([, code]) => code === remembered) ? remembered : "US";
}

searchInput.addEventListener("input", searchSoon);
document.getElementById("search-form").addEventListener("submit", (event) => { event.preventDefault(); searchSoon(); });
marketSelect.addEventListener("change", () => { localStorage.setItem("market", market()); draw(); });
addEventListener("hashchange", () => { draw(); if (!location.hash.startsWith("#/search")) { searchInput.value = ""; view.focus(); } scrollTo(0, 0); });

try {
  await fillMarkets();
  await draw();
} catch (error) {
  view.replaceChildren(...errorPage(error));
}
