// What the page of activity-graph has beyond live.js: uPlot, and the hook that draws with it. The page names it before live.js,
// which takes the hook over; no other page pays for uPlot.
import { ActivityGraph } from "./live/activity-graph.js";

window.liveHooks = { ...window.liveHooks, ActivityGraph };
