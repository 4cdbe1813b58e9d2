// One series: its line, drawn by uPlot, and what it says beside it.
import uPlot from "uplot";
import { compact, number, time } from "./words.js";

/** The line is drawn as if it had once been so high: a single request is no crowd. */
const least = 4;

/** A little air above the highest, so that it is drawn in its full width. */
const air = 1.06;

/** Distances between the marks of an axis: counts are whole numbers; seconds. */
const wholes = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((first) => first * 10 ** power)).flat();
const spans = [5, 10, 15, 30, 60];

/** How a series goes from tick to tick: what is counted in a tick rises and falls, what is there at its end stays. */
const paths = { rate: uPlot.paths.spline(), level: uPlot.paths.stepped({ align: 1 }) };

export class Strip {
  #el;
  #box;
  #plot;
  #resizes;
  #colours;
  #data = [[], []];
  #top = least;
  #hovered = null;

  /** The element `el`; `onHover` is told which tick the pointer is at, null when it is at none. */
  constructor(el, onHover) {
    this.#el = el;
    this.#box = el.querySelector(".plot");
    this.#colours = colours(el);
    this.#plot = new uPlot(this.#options(onHover), this.#data, this.#box);
    this.#resizes = new ResizeObserver(() => this.#fit());
    this.#resizes.observe(this.#box);
  }

  /** Takes what there is to draw from now on. */
  load(history) {
    const { series } = this.#el.dataset;
    const values = history.values(series, this.#el.hasAttribute("data-per-second"));
    this.#data = [history.times, values];
    this.#plot.setData(this.#data, false);
    this.#say("peak", Math.max(...values));
    this.read(this.#hovered);
  }

  /**
   * Draws the time between two moments, in seconds. The height follows what is to be seen, at once or little by little;
   * whether it has got there is returned.
   */
  draw(from, to, atOnce) {
    const wanted = air * Math.max(least, ...this.#data[1]);
    const isThere = atOnce || Math.abs(wanted - this.#top) < wanted / 200;
    this.#top = isThere ? wanted : this.#top + (wanted - this.#top) / 5;
    this.#plot.batch(() => {
      this.#plot.setScale("x", { min: from, max: to });
      this.#plot.setScale("y", { min: 0, max: this.#top });
    });
    return isThere;
  }

  /** Says what was counted in a tick; null is the newest. */
  read(index) {
    this.#hovered = index;
    const [, values] = this.#data;
    if (values.length > 0) this.#say("reading", values[index ?? values.length - 1]);
  }

  /** The moment of a tick, in seconds. */
  moment(index) {
    return this.#data[0][index];
  }

  /** Shows the line, or does not. */
  toggle() {
    const button = this.#el.querySelector("[data-toggle]");
    const isOn = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isOn));
    this.#box.hidden = !isOn;
  }

  /** The colours have changed. */
  repaint() {
    this.#colours = colours(this.#el);
    this.#plot.redraw(false);
  }

  close() {
    this.#resizes.disconnect();
    this.#plot.destroy();
  }

  #say(place, value) {
    this.#el.querySelector(`[data-${place}]`).textContent = number(value);
  }

  #fit() {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (width > 0 && height > 0) this.#plot.setSize({ width, height });
  }

  #options(onHover) {
    const colour = (name) => () => this.#colours[name];
    const axis = { stroke: colour("ink"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false }, font: "12px ui-sans-serif, system-ui, sans-serif" };
    return {
      width: this.#box.clientWidth || 800,
      height: this.#box.clientHeight || 150,
      padding: [8, 4, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        sync: { key: "activity" },
        points: { size: 8, stroke: colour("line"), fill: colour("line") },
        bind: { dblclick: () => null },
      },
      scales: { x: { auto: false }, y: { auto: false } },
      series: [
        {},
        { stroke: colour("line"), fill: colour("wash"), width: 2, paths: paths[this.#el.dataset.kind], points: { show: false } },
      ],
      axes: [
        { ...axis, size: 26, space: 84, incrs: spans, values: moments },
        { ...axis, size: 46, space: 28, incrs: wholes, values: (_, counts) => counts.map(compact) },
      ],
      hooks: { setCursor: [({ cursor }) => onHover(cursor.idx)] },
    };
  }
}

/** The times beside the axis; nothing where there is no room for one. */
function moments(plot, seconds) {
  const { left, width } = plot.bbox;
  const end = left + width - 28 * uPlot.pxRatio;
  return seconds.map((moment) => (plot.valToPos(moment, "x", true) > end ? "" : time(moment)));
}

/** The colours of a series, as the style sheet has them for light and dark. */
function colours(el) {
  const style = getComputedStyle(el);
  const names = ["line", "wash", "ink", "grid"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--plot-${name}`).trim()]));
}
