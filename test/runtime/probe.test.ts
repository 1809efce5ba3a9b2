import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { type Result } from "../../lab/fleet/run";
import { BUSYBOX, DASH, folderOf, functions, quoted, sh, type Shell, stubs } from "./shell";

/** There is no curl among busybox's applets: it is lent the machine's. */
const CURL = stubs({ curl: 'exec /usr/bin/curl "$@"' });

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

async function listen<T extends Server>(server: T, at: string | number): Promise<T> {
  servers.push(server);
  server.listen(typeof at === "string" ? { path: at } : { host: "127.0.0.1", port: at });
  await once(server, "listening");
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Answers with the status that its path asks for, and otherwise with what it was asked, in a header's place. */
const answer: http.RequestListener = (request, response) => {
  seen = request;
  response.writeHead(Number(/^\/status\/(\d+)/.exec(request.url ?? "")?.[1] ?? 200)).end("body\n");
};
let seen: http.IncomingMessage;

/** Says one thing to everybody who connects, or nothing, and hangs up or waits. */
const saying = (text: string, hangUp = true): Server =>
  createServer((socket) => {
    socket.on("error", () => undefined);
    if (text) socket.write(text);
    if (hangUp) socket.once("data", () => socket.end());
  });

function certificate(): { key: string; cert: string } {
  const folder = folderOf();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const names = ["-subj", "/CN=somebody-else", "-keyout", key, "-out", cert];
  spawnSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...names]);
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

describe.each<Shell>([DASH, BUSYBOX])("under $name", (shell) => {
  let plain: Server;
  let tls: Server;
  const unix = join(folderOf(), "puma.sock");
  beforeAll(async () => {
    plain = await listen(http.createServer(answer), 0);
    tls = await listen(https.createServer(certificate(), answer), 0);
    await listen(http.createServer(answer), unix + shell.name);
  });

  const probe = (
    bind: string,
    asks: { path?: string; host?: string; timeout?: string; headers?: string } = {},
  ): Promise<Result> => {
    const { path = "/", host = "localhost", timeout = "10", headers = "" } = asks;
    const script = `${functions()}\nprobe ${[bind, path, host, timeout, headers].map(quoted).join(" ")}`;
    // What a proxy of the person who tests is set to must not matter, as it does not on a host.
    const env = { http_proxy: "http://127.0.0.1:1", https_proxy: "http://127.0.0.1:1" };
    return sh(shell, script, { before: CURL, env });
  };
  const said = (stdout: string): Result => ({ code: 0, stdout, stderr: "" });

  test.each(["200", "204", "302", "401", "404", "500", "503"])("a status of %s passes", async (status) => {
    expect(await probe(`http 127.0.0.1 ${portOf(plain)}`, { path: `/status/${status}` })).toEqual(
      said(status),
    );
  });

  test("TLS passes, whoever the certificate is for", async () => {
    expect(await probe(`https 127.0.0.1 ${portOf(tls)}`)).toEqual(said("200"));
    expect(await probe(`https 0.0.0.0 ${portOf(tls)}`, { path: "/status/418" })).toEqual(said("418"));
  });

  test("a unix socket passes", async () => {
    expect(await probe(`unix ${unix}${shell.name}`, { path: "/status/203" })).toEqual(said("203"));
  });

  test("a bind that may be plain or TLS passes either way", async () => {
    expect(await probe(`any 0.0.0.0 ${portOf(plain)}`)).toEqual(said("200"));
    expect((await probe(`any 127.0.0.1 ${portOf(tls)}`, { path: "/status/201" })).stdout).toMatch(/201$/);
  });

  test("path, host and headers arrive as they were said", async () => {
    const headers = 'X-One: a b\nX-Quotes: "it\'s" $HOME `id` %{http_code} @/etc/passwd';
    const path = "/a?b[]={c}&d=%20*";
    const asks = { path, host: "shop.example:8080", headers };
    expect((await probe(`http 127.0.0.1 ${portOf(plain)}`, asks)).code).toBe(0);
    expect(seen.url).toBe(path);
    expect(seen.headers).toMatchObject({
      host: "shop.example:8080",
      "user-agent": "cdktf-puma",
      "x-one": "a b",
      "x-quotes": '"it\'s" $HOME `id` %{http_code} @/etc/passwd',
    });
  });

  test("unless told, the host is localhost and the path /", async () => {
    const bind = quoted(`http 127.0.0.1 ${portOf(plain)}`);
    expect((await sh(shell, `${functions()}\nprobe_simply ${bind}`, { before: CURL })).code).toBe(0);
    expect([seen.url, seen.headers.host, seen.method]).toEqual(["/", "localhost", "GET"]);
  });

  const failing: readonly [what: string, server: () => Promise<Server>, scheme: string, says: RegExp][] = [
    ["nobody listens", () => closed(), "http", /Failed to connect|Couldn't connect/],
    ["the server is silent", () => listen(saying("", false), 0), "http", /timed out/],
    ["the server hangs up", () => listen(saying(""), 0), "http", /Empty reply|reset by peer/],
    ["the server speaks HTTP/0.9, or no HTTP", () => listen(saying("hello\n"), 0), "http", /HTTP\/0\.9/],
    [
      "the server speaks a mail server's language",
      () => listen(saying("220 m ESMTP\r\n"), 0),
      "http",
      /HTTP\/0\.9/,
    ],
    ["the answer is cut off in its first line", () => listen(saying("HTTP/1."), 0), "http", /./],
    ["a server without TLS is asked for it", async () => plain, "https", /SSL|wrong version/],
    [
      "a server with TLS is asked without",
      () => listen(saying("\x15\x03\x01\x00\x02\x02F"), 0),
      "http",
      /HTTP\/0\.9|./,
    ],
  ];
  test.each(failing)("fails where %s, and says so", async (_, server, scheme, words) => {
    const port = portOf(await server());
    const { code, stdout } = await probe(`${scheme} 127.0.0.1 ${port}`, { timeout: "1" });
    expect(code).not.toBe(0);
    expect(stdout).toMatch(words);
  });

  test("fails where a unix socket is not there, or nobody is behind it", async () => {
    expect((await probe(`unix ${unix}-none`)).code).not.toBe(0);
  });

  test("a bind that only has to be held is not asked", async () => {
    const silent = portOf(await listen(saying("", false), 0));
    const at = (port: number): Promise<Result> =>
      sh(shell, `${functions()}\nprobe_simply 'held 127.0.0.1 ${port}'`);
    expect((await at(silent)).code).toBe(0);
    expect((await at(portOf(await closed()))).code).toBe(1);
  });
});

/** A server that is gone, whose port therefore nobody has; its address is still told. */
async function closed(): Promise<Server> {
  const server = await listen(createServer(), 0);
  const address = server.address();
  server.close();
  await once(server, "close");
  servers.splice(servers.indexOf(server), 1);
  server.address = () => address;
  return server;
}
