// Boots the official LiveView client, unmodified, on every page of live views.
//
// <meta name="csrf-token" content="…">   proves to the server that the socket belongs to the session
// <meta name="live-socket" content="/live" data-options='{"maxReloads":5}'>   optional: another address, other options
//
// Hooks of one page only come from a module of that page, which stands before this one: window.liveHooks = { Name: {…} }.
import { Socket } from "phoenix";
import { LiveSocket } from "phoenix_live_view";
import * as hooks from "./live/hooks.js";
import { options } from "./live/options.js";
import { showPageLoading } from "./live/progress.js";

const csrf = document.querySelector('meta[name="csrf-token"]')?.content;
const socket = document.querySelector('meta[name="live-socket"]');

const liveSocket = new LiveSocket(socket?.content || "/live", Socket, {
  longPollFallbackMs: 2500,
  ...options(socket?.dataset.options),
  params: { _csrf_token: csrf, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  hooks: { ...hooks, ...window.liveHooks },
});

showPageLoading();
liveSocket.connect();

// For the browser's console: liveSocket.enableDebug(), liveSocket.enableLatencySim(1000), liveSocket.disconnect().
window.liveSocket = liveSocket;
