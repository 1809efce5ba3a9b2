/**
 * The site. Three variables of the environment say where it will be:
 *
 *   SITE_BASE        the path under which it is served: /cdktf-puma/ (/ unless set)
 *   SITE_HOSTNAME    where search engines find it: https://… (no sitemap unless set)
 *   SITE_REPOSITORY  where links to files lead that are no pages: https://… (words alone unless set)
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { apiEntries } from "../../site/api";
import { anchor } from "../../site/links";
import { CHAPTERS } from "../../site/sidebar";
import { stage } from "../../site/stage";

const { SITE_BASE, SITE_HOSTNAME, SITE_REPOSITORY } = process.env;
const STAGED = join(__dirname, "pages");

stage(STAGED, SITE_REPOSITORY);

const api = apiEntries(readFileSync(join(__dirname, "../../API.md"), "utf8"));
const link = (page: string): string => `/${page.replace(/(^|\/)index$/, "$1")}`;

export default defineConfig({
  title: "cdktf-puma",
  description:
    "Puma under systemd on hosts that you have, declared in TypeScript, rolled out by Terraform or OpenTofu",
  lang: "en",
  base: SITE_BASE ?? "/",
  ...(SITE_HOSTNAME && { sitemap: { hostname: SITE_HOSTNAME } }),
  srcDir: ".vitepress/pages",
  cleanUrls: false,
  markdown: { anchor: { slugify: anchor }, attrs: { leftDelimiter: "{:" }, languageAlias: { text: "txt" } },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Guide", link: "/guide" },
      { text: "API", link: "/api/" },
      { text: "On call", link: "/on-call" },
      { text: "Changelog", link: "/changelog" },
    ],
    sidebar: {
      "/api/": [...new Set(api.map(({ group }) => group))].map((group) => ({
        text: group,
        items: api
          .filter((one) => one.group === group)
          .map(({ name }) => ({ text: name, link: `/api/${name}` })),
      })),
      "/": CHAPTERS.map(({ text, pages }) => ({
        text,
        items: Object.entries(pages)
          .filter(([page]) => existsSync(join(STAGED, `${page}.md`)))
          .map(([page, words]) => ({ text: words, link: link(page) })),
      })),
    },
    ...(SITE_REPOSITORY && { socialLinks: [{ icon: "github", link: SITE_REPOSITORY }] }),
  },
});
