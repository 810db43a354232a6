// What plays now, what comes next, and the bar that shows it.

import * as api from "./api.js";
import { clock, imageOf } from "./elements.js";

const LONGEST_STEP_MS = 2000; // between two reports of the position; more is a jump
const SHORTEST_PLAY_MS = 1000; // less is a slip of the finger, not a play

const byId = (id) => document.getElementById(id);

export class Playback {
  constructor({ market, onError, onChange }) {
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.market = market;
    this.onError = onError;
    this.onChange = onChange;
    this.queue = [];
    this.position = -1;
    this.album = null;
    this.isSeeking = false;
    this.heard = null;
    this.wire();
  }

  get current() {
    return this.queue[this.position];
  }

  wire() {
    const { audio } = this;
    byId("toggle").addEventListener("click", () => this.toggle());
    byId("next").addEventListener("click", () => this.step(1));
    byId("previous").addEventListener("click", () => (audio.currentTime > 3 ? (audio.currentTime = 0) : this.step(-1)));
    byId("volume").addEventListener("input", (event) => (audio.volume = event.target.value / 100));
    byId("quality").addEventListener("change", () => this.current && this.load({ at: audio.currentTime }));
    byId("seek").addEventListener("input", () => (this.isSeeking = true));
    byId("seek").addEventListener("change", (event) => {
      this.isSeeking = false;
      if (this.current) audio.currentTime = (event.target.value / 1000) * (this.current.duration_ms / 1000);
    });
    audio.volume = 0.85;
    for (const name of ["play", "pause", "timeupdate"]) audio.addEventListener(name, () => this.show());
    audio.addEventListener("ended", () => this.step(1));
    audio.addEventListener("timeupdate", () => this.listen());
    addEventListener("pagehide", () => this.tellPlay());
    audio.addEventListener("error", () => this.current && this.recover());
    navigator.mediaSession?.setActionHandler("nexttrack", () => this.step(1));
    navigator.mediaSession?.setActionHandler("previoustrack", () => this.step(-1));
  }

  async play(track, album, tracks) {
    this.queue = tracks.filter((item) => item.is_playable);
    this.position = this.queue.findIndex((item) => item.id === track.id);
    this.album = album;
    await this.load();
  }

  // What was really heard: a jump adds nothing.
  listen() {
    const { heard, audio } = this;
    if (!heard) return;
    const stepMs = (audio.currentTime - heard.at) * 1000;
    if (stepMs > 0 && stepMs < LONGEST_STEP_MS) heard.playedMs += stepMs;
    heard.at = audio.currentTime;
  }

  tellPlay() {
    if (this.heard?.playedMs >= SHORTEST_PLAY_MS) api.reportPlay({ ...this.heard, market: this.market() });
    this.heard = null;
  }

  // A signed address lives for minutes: ask for a fresh one whenever a track is loaded.
  async load({ at = 0 } = {}) {
    const track = this.current;
    if (!track) return;
    if (this.heard?.track !== track || at === 0) {
      this.tellPlay();
      this.heard = { track, playedAt: new Date(), playedMs: 0, at };
    }
    try {
      const grant = await api.grant(track.id, this.market(), byId("quality").value);
      if (track !== this.current) return;
      this.audio.src = grant.url;
      this.audio.currentTime = at;
      this.retried = false;
      await this.audio.play();
    } catch (error) {
      if (error.name !== "AbortError") this.onError(error);
    }
    this.showTrack();
    this.onChange(track);
  }

  // The address of a long pause has expired: one fresh one, then say what is wrong.
  async recover() {
    if (this.retried) return this.onError(new Error("This track cannot be played at the moment."));
    const at = this.audio.currentTime;
    await this.load({ at });
    this.retried = true;
  }

  async step(by) {
    const next = this.position + by;
    if (next < 0 || next >= this.queue.length) {
      this.tellPlay();
      this.audio.pause();
      return;
    }
    this.position = next;
    await this.load();
  }

  toggle() {
    if (this.audio.paused) this.audio.play().catch((error) => this.onError(error));
    else this.audio.pause();
  }

  showTrack() {
    const track = this.current;
    const album = track.album ?? this.album;
    const cover = imageOf(album, 64);
    byId("bar").hidden = false;
    byId("now-cover").src = cover ?? "/player/icon.svg";
    byId("now-title").textContent = track.name;
    byId("now-artists").textContent = track.artists.map((artist) => artist.name).join(", ");
    byId("now-link").href = `#/album/${album.id}`;
    document.title = `${track.name} · Antiphon`;
    if (navigator.mediaSession) {
      navigator.mediaSession.metadata = new MediaMetadata({
        title: track.name, artist: byId("now-artists").textContent, album: album.name, artwork: cover ? [{ src: imageOf(album, 640) }] : [],
      });
    }
    this.show();
  }

  show() {
    const { audio, current } = this;
    if (!current) return;
    const durationMs = current.duration_ms;
    byId("toggle").classList.toggle("playing", !audio.paused);
    byId("toggle").setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    byId("position").textContent = clock(audio.currentTime * 1000);
    byId("duration").textContent = clock(durationMs);
    if (!this.isSeeking) byId("seek").value = Math.min(1000, (audio.currentTime * 1000000) / durationMs);
  }
}
