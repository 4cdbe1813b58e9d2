
// Starts the client on every page with live views.
{
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;
  const params = { _csrf_token: meta("csrf-token") };
  const options = { params, longPollFallbackMs: 2500 };
  window.liveSocket = new LiveView.LiveSocket(meta("live-socket") ?? "/live", Phoenix.Socket, options);
  window.liveSocket.connect();
}
