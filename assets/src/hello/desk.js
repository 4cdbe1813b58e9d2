// The controls in the page's head: the state of the main connection and the choice of transport.

const states = { connecting: "connecting", open: "connected", closed: "reconnecting" };

/** Keeps `pill` showing the state of the main connection. */
export function showConnection(pill, connections) {
  const show = (state) => {
    pill.dataset.state = state;
    pill.textContent = state === "open" ? `${states.open} · ${connections.transportName}` : states[state];
  };
  const socket = connections.socket("/socket");
  socket.onOpen(() => show("open"));
  socket.onClose(() => show("closed"));
  socket.onError(() => show("closed"));
  show("connecting");
}

/** Lets the radio buttons choose the transport of every connection of the page. */
export function switchTransport(radios, connections) {
  for (const radio of radios) {
    // A browser restores the choice of the last visit after a reload, without an event.
    if (radio.value === "websocket") radio.checked = true;
    radio.addEventListener("change", () => connections.use(radio.value));
  }
}
