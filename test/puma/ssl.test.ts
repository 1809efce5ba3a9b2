import { Bind, type SslBindOptions } from "../../lib";
import { errorOf } from "../stack";
import { refusal } from "./rules/refused";

const TLS = { key: "/k", cert: "/c" };
const CA = { ca: "/a", verifyMode: "peer" } as const;
const flagOf = (options: Partial<SslBindOptions>, isSocketActivated = true) =>
  Bind.ssl(1, { ...TLS, ...options })
    ._flag("/srv", isSocketActivated)
    .replace("ssl://0.0.0.0:1?key=/k&cert=/c", "");

test.each<[Partial<SslBindOptions>, string]>([
  [{ noTlsv1: true }, "&no_tlsv1=true"],
  [{ noTlsv11: true }, "&no_tlsv1_1=true"],
  [{ noTlsv1: false, noTlsv11: false }, ""],
  [{ sslCipherFilter: "!aNULL:AES+SHA@STRENGTH" }, "&ssl_cipher_filter=!aNULL:AES%2BSHA@STRENGTH"],
  [{ sslCiphersuites: "TLS_AES_256_GCM_SHA384" }, "&ssl_ciphersuites=TLS_AES_256_GCM_SHA384"],
  [{ reuse: "20000,300" }, "&reuse=20000,300"],
  [{ keyPasswordCommand: "/bin/cat /etc/a b" }, "&key_password_command=/bin/cat%20/etc/a%20b"],
  [
    { ...CA, verificationFlags: ["CRL_CHECK", "CRL_CHECK_ALL"] },
    "&ca=/a&verify_mode=peer&verification_flags=CRL_CHECK,CRL_CHECK_ALL",
  ],
])("%j is %s, whoever listens", (options, flag) => {
  expect(flagOf(options)).toBe(flag);
  expect(flagOf(options, false)).toBe(flag);
});

test("a socket's own options are Puma's where Puma makes it", () => {
  expect([flagOf({ lowLatency: false }, false), flagOf({ lowLatency: false })]).toEqual([
    "&low_latency=false",
    "",
  ]);
  expect(flagOf({ lowLatency: true }, false)).toBe("");
  const tcp = (lowLatency: boolean) => Bind.tcp(1, { lowLatency })._flag("/srv", false);
  expect([tcp(true), tcp(false)]).toEqual(["tcp://0.0.0.0:1?low_latency=true", "tcp://0.0.0.0:1"]);
  expect(refusal({ socket: { binds: [Bind.tcp(1, { lowLatency: true })] } })).toBe(
    "PumaSocket 'socket' 'binds[0].lowLatency': must be given as the socket's own 'noDelay', got true",
  );
});

test.each<[Partial<SslBindOptions>, string]>([
  [
    { sslCipherFilter: "" },
    `'sslCipherFilter': must name ciphers as openssl-ciphers(1) does, without spaces, got ""`,
  ],
  [{ sslCiphersuites: "A B" }, "'sslCiphersuites': must name ciphers"],
  [{ reuse: "on" }, `'reuse': must be "off", "dflt", or sessions and seconds such as "20000,300", got "on"`],
  [{ reuse: "1," }, "'reuse': must be"],
  [{ noTlsv1: "yes" as unknown as boolean }, `'noTlsv1': must be one of true, false, got "yes"`],
  [{ lowLatency: 1 as unknown as boolean }, "'lowLatency': must be one of true, false, got 1"],
  [
    { ...CA, verificationFlags: ["CRL"] },
    "'verificationFlags[0]': must be one of USE_CHECK_TIME, CRL_CHECK, ",
  ],
  [
    { verificationFlags: ["CRL_CHECK"] },
    `'verificationFlags': must go with a 'verifyMode' of "peer" or "force_peer"`,
  ],
  [
    { keyPasswordCommand: "cat x" },
    "'keyPasswordCommand': must be a program's absolute path, and its arguments, got",
  ],
  [{ keyPasswordCommand: "/bin/cat x\n" }, "'keyPasswordCommand': must be a program's absolute path"],
])("%j is refused", (options, message) => {
  expect(errorOf(() => Bind.ssl(1, { ...TLS, ...options }))).toContain(`Bind.ssl ${message}`);
});

test.each(["/bin/echo hunter2", "/usr/bin/printf %s hunter2"])(
  "a password does not stand in a unit: %s",
  (command) => {
    const message = errorOf(() => Bind.ssl(1, { ...TLS, keyPasswordCommand: command }));
    expect(message).toContain(
      "'keyPasswordCommand': must not hold the password itself, which every user of the host could",
    );
    expect(message).not.toContain("hunter2");
  },
);

test.each<[string, string, Partial<SslBindOptions>, string]>([
  ["5.1", "5.2", { ...CA, verificationFlags: ["CRL_CHECK"] }, "verificationFlags"],
  ["5.6", "6.0", { reuse: "dflt" }, "reuse"],
  ["6.0", "6.1", { lowLatency: false }, "lowLatency"],
  ["6.2", "6.3", { keyPasswordCommand: "/bin/x" }, "keyPasswordCommand"],
  ["6.4", "6.5.0", { sslCiphersuites: "A" }, "sslCiphersuites"],
])("a Puma %s does not know what came with %s", (before, since, options, name) => {
  const binds = [Bind.ssl(1, { ...TLS, ...options })];
  expect(refusal({ service: { binds, pumaVersion: before } })).toBe(
    `PumaService 'web' 'pumaVersion': must be ${since.slice(0, 3)} or newer for '${name}' of Bind.ssl, got "${before}"`,
  );
  expect(refusal({ service: { binds, pumaVersion: since } })).toBe("no error");
  expect(refusal({ service: { binds } })).toBe("no error");
});

test("what every Puma knows needs no version", () => {
  const binds = [Bind.ssl(1, { ...TLS, noTlsv1: true, noTlsv11: true, sslCipherFilter: "HIGH" })];
  expect(refusal({ service: { binds, pumaVersion: "4.3" } })).toBe("no error");
});
