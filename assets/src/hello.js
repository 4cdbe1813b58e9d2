// The hello-sockets page: every channel technique, run with the unmodified official client.
import { Bench } from "./hello/bench.js";
import { Connections, meta } from "./hello/connections.js";
import { showConnection, switchTransport } from "./hello/desk.js";
import { techniques } from "./hello/techniques.js";
import { WireLog } from "./hello/wire-log.js";

const log = new WireLog(document);
const connections = new Connections(log, { "/auth_socket": { token: meta("auth-token") } });
const bench = new Bench(document, connections, techniques);

showConnection(document.getElementById("connection"), connections);
switchTransport(document.querySelectorAll("input[name=transport]"), connections);
document.getElementById("run-all").addEventListener("click", () => bench.runAll(document.getElementById("tally")));
