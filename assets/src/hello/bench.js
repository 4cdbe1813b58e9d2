// The cards. A button's `data-run` names a technique; what it returns or throws becomes the card's outcome.

/** What a technique sees of its card: fields, slots and the outcome while it is still running. */
class Card {
  #element;
  #outcome;

  constructor(element) {
    this.#element = element;
    this.#outcome = element.querySelector("[data-outcome]");
  }

  /** The text of the input marked with `data-field`. */
  field(name) {
    return this.#element.querySelector(`[data-field="${name}"]`).value.trim();
  }

  /** The element marked with `data-SLOT`. */
  slot(name) {
    return this.#element.querySelector(`[data-${name}]`);
  }

  /** Shows the outcome: `state` is idle, pending, ok or error. */
  show(state, text) {
    this.#outcome.dataset.state = state;
    this.#outcome.textContent = text;
  }
}

export class Bench {
  #connections;
  #techniques;
  #buttons;

  constructor(root, connections, techniques) {
    this.#connections = connections;
    this.#techniques = techniques;
    this.#buttons = [...root.querySelectorAll("[data-run]")];
    for (const button of this.#buttons) button.addEventListener("click", () => this.run(button));
  }

  /** Runs one button's technique; resolves to true when everything was as it should be. */
  async run(button) {
    if (button.getAttribute("aria-busy") === "true") return false;
    const card = new Card(cardOf(button));
    button.setAttribute("aria-busy", "true");
    card.show("pending", "running");
    try {
      card.show("ok", await this.#techniques[button.dataset.run](card, this.#connections));
      return true;
    } catch (problem) {
      card.show("error", problem.message);
      return false;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  /** Runs every card at once, the buttons of one card in order. */
  async runAll(tally) {
    const cards = new Map();
    for (const button of this.#buttons) cards.set(cardOf(button), [...(cards.get(cardOf(button)) ?? []), button]);
    tally.textContent = "running everything";
    const results = await Promise.all([...cards.values()].map((buttons) => this.#runInOrder(buttons)));
    tally.textContent = `${results.filter(Boolean).length} of ${results.length} techniques behaved`;
  }

  async #runInOrder(buttons) {
    let good = true;
    for (const button of buttons) good = (await this.run(button)) && good;
    return good;
  }
}

function cardOf(button) {
  return button.closest("[data-technique]");
}
