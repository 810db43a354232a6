// One function per page: data in, elements out.

import { artistLinks, clock, element, imageOf, playIcon } from "./elements.js";

export function releaseGrid(albums) {
  if (!albums.length) return element("p", { class: "empty" }, "Nothing here yet. A delivery shows up seconds after it was accepted.");
  return element("div", { class: "grid" }, albums.map((album) =>
    element("a", { class: "card", href: `#/album/${album.id}` },
      element("img", { src: imageOf(album, 300), alt: "", loading: "lazy" }),
      element("strong", {}, album.name),
      element("span", {}, album.artists.map((artist) => artist.name).join(", ")))));
}

export function startPage(albums) {
  return [element("h1", {}, "New releases"), releaseGrid(albums)];
}

export function albumPage(album, actions) {
  const tracks = album.tracks.items;
  const playable = tracks.filter((track) => track.is_playable);
  const lengthMinutes = Math.round(tracks.reduce((sum, track) => sum + track.duration_ms, 0) / 60000);
  const facts = [
    album.release_date.slice(0, 4), `${tracks.length} ${tracks.length === 1 ? "track" : "tracks"}`, `${lengthMinutes} min`, album.label,
  ].filter(Boolean);
  return [
    element("section", { class: "lead" },
      element("img", { src: imageOf(album, 640), alt: `Cover of ${album.name}` }),
      element("div", {},
        element("span", { class: "kind" }, album.album_type),
        element("h1", {}, album.name),
        element("p", { class: "facts" }, ...artistLinks(album.artists), ` · ${facts.join(" · ")}`),
        element("button", { class: "action", type: "button", disabled: !playable.length, onclick: () => actions.play(playable[0], album) },
          playable.length ? "Play" : "Not available here"))),
    trackList(tracks, actions, album),
    element("p", { class: "small" }, album.copyrights.map(copyrightLine).join("  ")),
  ];
}

// Labels write "(C) 2026 Name", "© 2026 Name" or "2026 Name": one mark is enough.
const copyrightLine = (line) => `${line.type === "P" ? "℗" : "©"} ${line.text.replace(/^\s*(\([CP]\)|[©℗])\s*/i, "")}`;

export function trackList(tracks, actions, album) {
  const discs = new Set(tracks.map((track) => track.disc_number));
  let disc = null;
  const rows = tracks.flatMap((track, i) => {
    const heading = album && discs.size > 1 && track.disc_number !== disc ? element("li", { class: "disc" }, `Disc ${track.disc_number}`) : null;
    disc = track.disc_number;
    return [heading, trackRow(track, album ? track.track_number : i + 1, actions, album)];
  });
  return element("ol", { class: "tracks" }, rows);
}

function trackRow(track, number, actions, album) {
  const isPlayable = track.is_playable;
  return element("li", { class: isPlayable ? "track" : "track unplayable", "data-track": track.id },
    element("button", {
      class: "number", type: "button", "aria-label": `Play ${track.name}`, disabled: !isPlayable,
      onclick: () => actions.play(track, album ?? track.album),
    }, element("span", {}, String(number)), playIcon()),
    element("span", {},
      element("span", { class: "title" }, track.name, track.explicit ? element("span", { class: "badge", title: "Explicit" }, "E") : null),
      element("span", { class: "by" }, ...artistLinks(track.artists), ...(album ? [] : albumLink(track.album)))),
    isPlayable ? element("span") : element("button", { class: "quiet why", type: "button", onclick: () => actions.explain(track) }, "Why not?"),
    element("span", { class: "length" }, clock(track.duration_ms)));
}

const albumLink = (album) => [" · ", element("a", { href: `#/album/${album.id}` }, album.name)];

export function artistPage(artist, albums) {
  return [
    element("span", { class: "kind" }, "Artist"),
    element("h1", {}, artist.name),
    element("h2", {}, "Releases"),
    releaseGrid(albums),
  ];
}

export function searchPage(q, found, actions) {
  const { tracks, albums, artists } = found;
  if (!tracks.items.length && !albums.items.length && !artists.items.length) {
    return [element("p", { class: "empty" }, `Nothing found for “${q}”.`)];
  }
  return [
    tracks.items.length ? [element("h2", {}, "Tracks"), trackList(tracks.items, actions)] : [],
    albums.items.length ? [element("h2", {}, "Releases"), releaseGrid(albums.items)] : [],
    artists.items.length ? [element("h2", {}, "Artists"), artistGrid(artists.items)] : [],
  ].flat();
}

function artistGrid(artists) {
  return element("div", { class: "grid" }, artists.map((artist) =>
    element("a", { class: "card artist", href: `#/artist/${artist.id}` },
      element("div", { class: "initial", "aria-hidden": "true" }, [...artist.name][0] ?? "?"),
      element("strong", {}, artist.name))));
}

export function errorPage(error) {
  return [element("p", { class: "empty", role: "alert" }, error.message)];
}
