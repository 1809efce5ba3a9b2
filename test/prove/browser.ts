/** Chromium, which opens pages of a folder at a width, each in a frame, and tells what is wrong with them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

/** What a page has, seen at a width. */
export interface Seen {
  readonly page: string;
  readonly width: number;
  /** How many pixels wider than the window it is. */
  readonly overflow: number;
  /** Pictures that are not shown. */
  readonly broken: readonly string[];
  readonly errors: readonly string[];
  readonly pictures: number;
  readonly title: string;
}

/** Goes into each page ahead of all else, so that no error is missed. */
const LISTENER = `<script>window.seenErrors = [];
addEventListener("error", (event) => seenErrors.push(String(event.message ?? event.target.src)), true);
addEventListener("unhandledrejection", (event) => seenErrors.push(String(event.reason)));
for (const name of ["error", "warn"]) console[name] = (...words) => seenErrors.push(words.join(" "));</script>`;

const HARNESS = `<!doctype html><body><script>
const wait = (time) => new Promise((done) => setTimeout(done, time));
async function look(page, width) {
  const frame = document.createElement("iframe");
  frame.style.cssText = "border: 0; height: 2000px; width: " + width + "px";
  const loaded = new Promise((done) => (frame.onload = done));
  frame.src = "/" + page;
  document.body.append(frame);
  await loaded;
  const inside = frame.contentDocument;
  for (let i = 0; i < 400 && !inside.querySelector("#app")?.__vue_app__; i++) await wait(25);
  const mounted = inside.querySelector("#app")?.__vue_app__ !== undefined;
  for (const image of inside.images) image.loading = "eager";
  await Promise.all([...inside.images].map((image) => image.decode().catch(() => {})));
  await inside.fonts.ready;
  const seen = {
    page, width, title: inside.title, pictures: inside.images.length,
    overflow: inside.documentElement.scrollWidth - inside.documentElement.clientWidth,
    broken: [...inside.images].filter((image) => image.naturalWidth === 0).map((image) => image.src),
    errors: [...frame.contentWindow.seenErrors, ...(mounted ? [] : ["the page's program did not start"])],
  };
  frame.remove();
  return seen;
}
(async () => {
  const all = await (await fetch("/todo")).json();
  for (const [page, width] of all) await fetch("/seen", { method: "POST", body: JSON.stringify(await look(page, width)) });
  await fetch("/done");
})();
</script>`;

/** Opens each page at each width. */
export async function lookAt(
  folder: string,
  pages: readonly string[],
  widths: readonly number[],
): Promise<Seen[]> {
  const seen: Seen[] = [];
  const todo = pages.flatMap((page) => widths.map((width) => [page, width]));
  const profile = mkdtempSync(join(tmpdir(), "cdktf-puma-browser-"));
  const server = createServer();
  const done = new Promise<void>((resolve) => serve(server, folder, { todo, seen, done: resolve }));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const words = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    `--user-data-dir=${profile}`,
    "--window-size=1400,2100",
  ];
  const browser = spawn(
    "chromium",
    [...words, "--remote-debugging-port=0", `http://127.0.0.1:${port}/harness`],
    { stdio: "ignore" },
  );
  try {
    await Promise.race([done, once(browser, "exit")]);
  } finally {
    browser.kill();
    server.closeAllConnections();
    server.close();
    await once(browser, "exit").catch(() => undefined);
    rmSync(profile, { recursive: true, force: true });
  }
  return seen;
}

interface Work {
  readonly todo: unknown;
  readonly seen: Seen[];
  readonly done: () => void;
}

function serve(server: Server, folder: string, { todo, seen, done }: Work): void {
  server.on("request", (request, response) => {
    const path = decodeURIComponent((request.url ?? "/").replace(/[?#].*/, ""));
    const say = (type: string, text: string | Buffer): unknown =>
      response.writeHead(200, { "content-type": type }).end(text);
    if (path === "/harness") return say("text/html", HARNESS);
    if (path === "/todo") return say("application/json", JSON.stringify(todo));
    if (path === "/done") return void (say("text/plain", ""), done());
    if (path === "/seen") {
      let body = "";
      return request
        .on("data", (chunk) => (body += chunk))
        .on("end", () => (seen.push(JSON.parse(body)), say("text/plain", "")));
    }
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    const content = readFileSync(file);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    return say(
      type,
      type === "text/html" ? content.toString().replace("<head>", `<head>${LISTENER}`) : content,
    );
  });
}
