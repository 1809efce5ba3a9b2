/** The generator opens the connections that it says it opens: a server counts them. */
import { readFileSync } from "node:fs";
import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Load } from "../../lab/load/load";
import { answered, lost, type LoadOptions } from "../../lab/load/report";
import { folderOf } from "../runtime/shell";

const REQUESTS = 200;

/** A key and a certificate for it. */
function pair(): { key: string; cert: string } {
  const folder = folderOf();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes", "-newkey", "rsa:2048"];
  const { status, stderr } = spawnSync("openssl", ["req", "-x509", ...subject, "-keyout", key, "-out", cert]);
  if (status !== 0) throw new Error(stderr.toString());
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

/** How many connections a server accepts while so many clients ask it, as fast as they can. */
async function connections(clients: Partial<LoadOptions>): Promise<{ opened: number; answers: number }> {
  const answer: http.RequestListener = (_, response) => response.end("up\n");
  const server = clients.tls ? https.createServer(pair(), answer) : http.createServer(answer);
  let opened = 0;
  server.on("connection", () => opened++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const quick = { pause: 0, freshPause: 0, requests: REQUESTS, seconds: 60 };
    const load = await Load.start({
      address: "127.0.0.1",
      port,
      fresh: 0,
      keepAlive: 0,
      ...quick,
      ...clients,
    });
    const report = await load.ended();
    expect([lost(report), report.refused, report.withoutPort]).toEqual([0, 0, 0]);
    return { opened, answers: answered(report) };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe.each([false, true])("over TLS: %s", (tls) => {
  test("a client of new connections opens one for each request", async () => {
    const { opened, answers } = await connections({ tls, fresh: 4 });
    expect(opened).toBe(answers);
    expect(answers).toBeGreaterThanOrEqual(REQUESTS);
  });

  test("one that keeps its connection opens one", async () => {
    const { opened, answers } = await connections({ tls, keepAlive: 4 });
    expect(opened).toBe(4);
    expect(answers).toBeGreaterThanOrEqual(REQUESTS);
  });
});
