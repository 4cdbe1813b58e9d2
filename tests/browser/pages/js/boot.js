// Boots the official LiveView client, unmodified, as the packages have it: no bundler between it and the tests.
import { Socket } from "./phoenix.mjs";
import { LiveSocket } from "./phoenix_live_view.mjs";
import { feedback } from "./feedback.js";
import * as hooks from "./hooks.js";
import { guardUnsaved } from "./unsaved.js";
import * as uploaders from "./uploaders.js";

const content = (name) => document.querySelector(`meta[name="${name}"]`).content;
const { rejoinAfterMs, ...options } = JSON.parse(content("live-options"));
// The client wants a function of the number of tries.
if (rejoinAfterMs) options.rejoinAfterMs = () => rejoinAfterMs;

guardUnsaved();
window.liveSocket = new LiveSocket(content("live-socket"), Socket, {
  ...options,
  params: { _csrf_token: content("csrf-token") },
  hooks,
  uploaders,
  dom: feedback,
});
window.liveSocket.connect();
