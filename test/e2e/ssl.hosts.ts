import { type TerraformStack } from "cdktf";
import { Bind, PumaSocket, Restart, type SslBindOptions } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, eachDayOn, everywhere, get, onEach, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** Those whose Puma runs a program for the key's password, and knows ciphers of TLS 1.3. */
const NEW = ["trixie", "forky"];

const at = setUpHosts(eachDayOn(["bullseye", "forky"]), {
  prepare: async ({ hosts, workspace }) => {
    await onEach(hosts, (host) => says(host, LOCKED_KEY));
    await workspace.apply((stack) => everywhere(stack, hosts, "web", (host) => propsOf(stack, host)));
  },
});

const newOnes = (): FleetHost[] => at.hosts.filter(({ release }) => NEW.includes(release));

/** A copy of the key with a password, and the password in a file that Puma's user alone may read. */
const LOCKED_KEY = `
  echo hunter2 >/etc/app/pass; chown deploy /etc/app/pass; chmod 600 /etc/app/pass
  openssl pkey -in /etc/app/key.pem -aes256 -passout file:/etc/app/pass -out /etc/app/locked.pem
  chown deploy /etc/app/locked.pem`;

function propsOf(stack: TerraformStack, { name, release }: FleetHost) {
  const locked: Partial<SslBindOptions> = {
    ...{ key: "/etc/app/locked.pem", keyPasswordCommand: "/bin/cat /etc/app/pass" },
    ...{ sslCiphersuites: "TLS_AES_128_GCM_SHA256", reuse: "20000,300" },
  };
  const bind = Bind.ssl(9293, {
    ...{ key: "/etc/app/key.pem", cert: "/etc/app/cert.pem" },
    ...{ noTlsv11: true, sslCipherFilter: "ECDHE+AESGCM:!AES256" },
    ...(NEW.includes(release) ? locked : {}),
  });
  const socket = new PumaSocket(stack, `socket-${name}`, { binds: [bind] });
  return { socket, restart: Restart.hot({ rehearse: true }) };
}

const cipherOf = (host: FleetHost, options: string): Promise<string> =>
  says(
    host,
    `echo | openssl s_client -connect 127.0.0.1:9293 ${options} 2>&1 | grep -oE 'Cipher is [^ ]+' | sort -u`,
  );

test("it serves, also with a key whose password a program prints", async () => {
  expect(
    await onEach(at.hosts, (host) =>
      get(host, "https://127.0.0.1:9293/status?204", "-o /dev/null -w '%{http_code}'"),
    ),
  ).toEqual(all(at.hosts, "204"));
});

test("with the ciphers that were named, and no others", async () => {
  expect(await onEach(at.hosts, (host) => cipherOf(host, "-tls1_2"))).toEqual(
    all(at.hosts, expect.stringMatching(/^Cipher is ECDHE-\w+-AES128-GCM-SHA256$/)),
  );
  expect(
    await onEach(at.hosts, (host) => cipherOf(host, "-tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384")),
  ).toEqual(all(at.hosts, "Cipher is (NONE)"));
  expect(await onEach(newOnes(), (host) => cipherOf(host, "-tls1_3"))).toEqual(
    all(newOnes(), "Cipher is TLS_AES_128_GCM_SHA256"),
  );
});

test("the password stands in no unit", async () => {
  expect(
    await onEach(at.hosts, (host) => says(host, "systemctl cat web.service | grep -c hunter2 || :")),
  ).toEqual(all(at.hosts, "0"));
});
