// The catalogue API as the player needs it: one session token, one market, plain JSON.

let token = null;

async function openSession() {
  const answer = await fetch("/player/session", { method: "POST" });
  if (!answer.ok) throw new ApiError(answer.status, "This installation does not let visitors listen. Sign in with an app of yours.");
  token = (await answer.json()).access_token;
}

export class ApiError extends Error {
  constructor(status, message, reason = "") {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

async function get(path, parameters = {}, mayRetry = true) {
  if (!token) await openSession();
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ""));
  const answer = await fetch(`/v1/${path}?${query}`, { headers: { Authorization: `Bearer ${token}` } });
  if (answer.status === 401 && mayRetry) {
    token = null;
    return get(path, parameters, false);
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ApiError(answer.status, body.error?.message ?? `The server answered ${answer.status}.`, body.reason);
  return body;
}

export const markets = () => get("markets").then((body) => body.markets);
export const newReleases = (market) => get("browse/new-releases", { market, limit: 50 }).then((body) => body.albums.items);
export const album = (id, market) => get(`albums/${id}`, { market });
export const artist = (id) => get(`artists/${id}`);
export const artistAlbums = (id, market) => get(`artists/${id}/albums`, { market, limit: 50 }).then((body) => body.items);
export const search = (q, market) => get("search", { q, market, type: "track,album,artist", limit: 20 });
export const grant = (id, market, profile) => get(`tracks/${id}/stream`, { market, profile });
export const explain = (track, market) => get("explain", { track, market });

// An album lists its first page of tracks: follow the rest.
export async function wholeAlbum(id, market) {
  const whole = await album(id, market);
  const items = [...whole.tracks.items];
  while (items.length < whole.tracks.total) {
    const page = await get(`albums/${id}/tracks`, { market, limit: 50, offset: items.length });
    if (!page.items.length) break;
    items.push(...page.items);
  }
  return { ...whole, tracks: { ...whole.tracks, items } };
}

// A play is told once it is over, also from a page that is going away. The server counts each event id once.
export function reportPlay({ track, market, playedAt, playedMs }) {
  const event = {
    event_id: crypto.randomUUID(), track_id: track.id, market, played_at: playedAt.toISOString(), played_ms: Math.round(playedMs),
  };
  return fetch("/listening/v1/plays", {
    method: "POST", keepalive: true, body: JSON.stringify({ events: [event] }),
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
  }).catch(() => {}); // a play that cannot be told must not stop the music
}
