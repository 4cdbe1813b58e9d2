// All series one below the other, with one time, one pointer and one pause.
import { Slide } from "./slide.js";
import { Strip } from "./strip.js";
import { time } from "./words.js";

/** The least milliseconds between two pictures: in that time the line moves by less than a pixel. */
const pace = 40;

/** What a press of the space bar means something else to. */
const takesSpace = "a, button, summary, input, select, textarea, [tabindex]:not([tabindex='-1'])";
/** What a letter means something else to. */
const takesLetters = "input, select, textarea, [contenteditable]";

export class Board {
  #el;
  #strips;
  #slide = new Slide();
  #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #listening = new AbortController();
  /** What has come, and what is drawn: the same unless the drawing is paused. */
  #latest = null;
  #drawn = null;
  #hovered = null;
  #isPaused = false;
  #frame = null;
  #painted = 0;

  constructor(el) {
    this.#el = el;
    const elements = [...el.querySelectorAll("[data-series]")];
    this.#strips = elements.map((element) => new Strip(element, (index) => this.#hover(index)));
    const { signal } = this.#listening;
    for (const [index, element] of elements.entries()) {
      element.querySelector("[data-toggle]").addEventListener("click", () => this.#strips[index].toggle(), { signal });
    }
    el.querySelector("[data-pause]").addEventListener("click", () => this.#pause(), { signal });
    window.addEventListener("keydown", (event) => this.#press(event), { signal });
    this.#calm.addEventListener("change", () => this.#paint(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#repaint(), { signal });
  }

  /** There is something new. */
  show(history) {
    this.#latest = history;
    if (!this.#isPaused) this.#advance();
  }

  close() {
    this.#listening.abort();
    cancelAnimationFrame(this.#frame);
    for (const strip of this.#strips) strip.close();
  }

  #advance() {
    if (!this.#latest) return;
    this.#drawn = this.#latest;
    for (const strip of this.#strips) strip.load(this.#drawn);
    this.#slide.aim(this.#drawn.at, this.#drawn.tick, performance.now());
    this.#tell();
    this.#paint();
  }

  /** Draws with the next frame of the browser, which has none while nobody sees the page. */
  #paint() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#step(performance.now());
    });
  }

  #step(now) {
    if (!this.#drawn || this.#isPaused) return;
    if (this.#calm.matches) this.#slide.finish();
    else if (now - this.#painted < pace) return this.#paint();
    this.#painted = now;
    const { tick, length } = this.#drawn;
    const edge = this.#slide.at(now);
    // One tick less than there is on either side: neither end of the line is ever to be seen.
    const from = edge - (length - 2) * tick;
    const areThere = this.#strips.map((strip) => strip.draw(from / 1000, edge / 1000, this.#calm.matches));
    if (!this.#slide.isDone(now) || areThere.includes(false)) this.#paint();
  }

  #repaint() {
    for (const strip of this.#strips) strip.repaint();
  }

  /** Stops the drawing, but not the counting; or shows at once what was counted meanwhile. */
  #pause() {
    this.#isPaused = !this.#isPaused;
    this.#el.querySelector("[data-pause]").setAttribute("aria-pressed", String(this.#isPaused));
    if (this.#isPaused) this.#tell();
    else this.#advance();
  }

  #press(event) {
    const { key, target, repeat } = event;
    if (repeat || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const isMeant = key === " " ? !target.closest(takesSpace) : key.toLowerCase() === "p" && !target.closest(takesLetters);
    if (!isMeant) return;
    event.preventDefault();
    this.#pause();
  }

  #hover(index) {
    this.#hovered = index ?? null;
    for (const strip of this.#strips) strip.read(this.#hovered);
    this.#tell();
  }

  /** Says of which moment the numbers are. */
  #tell() {
    const clock = this.#el.querySelector("[data-clock]");
    const at = this.#hovered === null ? null : this.#strips[0].moment(this.#hovered);
    if (at !== null) clock.textContent = time(at);
    else if (this.#isPaused && this.#drawn) clock.textContent = `paused at ${time(this.#drawn.at / 1000)}`;
    else clock.textContent = "now";
  }
}
