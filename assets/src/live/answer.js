// A server's question that only the browser can answer.
//
//   <p id="about" phx-hook="Answer">…</p>
//
// The server pushes the event `ask {about}`; the hook pushes `answer {about, value}`, where the value is a text, or null
// for a question it does not know. A pushed event reaches every hook of the page, so one such element is enough.

const known = {
  language: () => navigator.language,
  time_zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
  viewport: () => `${window.innerWidth} × ${window.innerHeight}`,
};

export const Answer = {
  mounted() {
    this.handleEvent("ask", ({ about }) => {
      const value = Object.hasOwn(known, about) ? known[about]() : null;
      // Refused when the connection has just been lost: the view that asked is gone with it.
      this.pushEvent("answer", { about, value }).catch(() => {});
    });
  },
};
