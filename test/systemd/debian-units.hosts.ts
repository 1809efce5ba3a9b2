import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UnitFile } from "../../lib/systemd/unit-file";
import { all, oneOfEach, onEach } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";
import { RELEASES } from "../../lab/fleet/fleet";
import { generated } from "./directive-lines";
import { judgementOn } from "./judgement-on-host";
import { roundTrips } from "./round-trip";
import {
  differences,
  type Manager,
  packagedTexts,
  shown,
  type Texts,
  unitsOf,
  writeTexts,
} from "./units-on-hosts";

const golden = (name: string): string => readFileSync(join(__dirname, "golden", name), "utf8");

/** The units of Puma's guide. */
const GUIDE: Texts = {
  "puma.service": golden("puma.service"),
  "puma.socket": golden("puma.socket"),
};

const at = setUpHosts(oneOfEach(RELEASES), {
  prepare: async ({ hosts }) => {
    await onEach(hosts, async (host) => {
      // A mask would be all that systemd reads.
      await host.exec("find /etc/systemd/system -maxdepth 1 -lname /dev/null -delete");
      await host.exec(`systemctl start user@$(id -u ${host.user})`);
      await writeTexts(host, "/usr/lib", "system", GUIDE);
    });
  },
});

const rendered = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, UnitFile.parse(text).toString()]));

describe.each<[Manager, number]>([
  ["system", 160],
  ["user", 20],
])("each unit file and drop-in of the %s", (manager, fewest) => {
  test("is to systemd itself what it was, rendered anew", async () => {
    const problems = await onEach(at.hosts, async (host) => {
      const texts = await packagedTexts(host, manager);
      const units = unitsOf(texts);
      const before = await shown(host, manager, units);
      await writeTexts(host, "/run", manager, rendered(texts));
      const after = await shown(host, manager, units);
      expect(units.length).toBeGreaterThan(fewest);
      for (const unit of units.filter((name) => name in texts))
        expect(after.get(unit)).toContain(`FragmentPath=/run/systemd/${manager}/${unit}`);
      return differences(before, after);
    });
    expect(problems).toEqual(all(at.hosts, []));
  });

  test("parses to the same model, rendered anew", async () => {
    const problems = await onEach(at.hosts, async (host) =>
      Object.entries(await packagedTexts(host, manager)).flatMap(([path, text]) => {
        const problem = roundTrips(text);
        return problem === undefined ? [] : [`${path}: ${problem}`];
      }),
    );
    expect(problems).toEqual(all(at.hosts, []));
  });
});

test("what a directive takes is to systemd what it is to the library", async () => {
  const lines = generated(750, 10);
  const judgements = await onEach(at.hosts, (host) => judgementOn(host, lines));
  for (const { taken, refused } of Object.values(judgements))
    expect(Math.min(taken, refused)).toBeGreaterThan(200);
  const differing = Object.values(judgements).flatMap(({ wronged, unlisted }) => [...wronged, ...unlisted]);
  expect(differing).toEqual([]);
});

test("one that is rendered wrong would be found", async () => {
  const found = await onEach(at.hosts, async (host) => {
    const before = await shown(host, "system", ["puma.socket"]);
    const wrong = GUIDE["puma.socket"]?.replace("NoDelay=true", "NoDelay =\\\n false");
    await writeTexts(host, "/run", "system", { "puma.socket": wrong as string });
    return differences(before, await shown(host, "system", ["puma.socket"]));
  });
  expect(found).toEqual(all(at.hosts, ["puma.socket lost NoDelay=yes", "puma.socket got NoDelay=no"]));
});
