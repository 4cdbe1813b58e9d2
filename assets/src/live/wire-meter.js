// How large the server's last change of the page was, as it came over the wire.
//
//   <output id="wire" phx-hook="WireMeter" phx-update="ignore"></output>

export const WireMeter = {
  mounted() {
    this.listen();
  },

  reconnected() {
    this.listen();
  },

  destroyed() {
    this.listening?.abort();
  },

  listen() {
    this.listening?.abort();
    this.listening = new AbortController();
    const { signal } = this.listening;
    // Another connection after every reconnect. One by long polling has no messages of its own.
    this.liveSocket.getSocket().conn?.addEventListener?.("message", ({ data }) => this.weigh(data), { signal });
  },

  weigh(frame) {
    if (typeof frame !== "string") return;
    const [, , , event, payload] = JSON.parse(frame);
    if (event !== "diff" && !payload?.response?.diff) return;
    this.el.textContent = `${new Blob([frame]).size} bytes for the last change`;
  },
};
