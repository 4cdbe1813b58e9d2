// The hooks that pages may name in phx-hook. Each is one file; its exported name is the name in the page.
export { Answer } from "./answer.js";
export { DragOrder } from "./drag-order.js";
export { HoldStill } from "./hold-still.js";
export { ReadPosition } from "./read-position.js";
export { Visibility } from "./visibility.js";
export { WireMeter } from "./wire-meter.js";
